"""The page of On Record: its layout, its events, its launch."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from functools import partial
from pathlib import Path
from typing import NamedTuple

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

import rag.config
import rag.page
from rag.chat import Assistant
from rag.config import Config
from rag.page import render
from rag.page.comparing import EXPORTS, Comparing, Table
from rag.page.handlers import Desk, Handlers
from rag.page.headers import SecurityHeaders
from rag.page.shelving import Shelving
from rag.page.understanding import LONGEST_CHANGE
from rag.types import ConfigError, OnRecordError

USER = "onrecord"
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1", "[::1]")
PORTS_TRIED = 100
MAX_UPLOAD = "100mb"
CACHE_SECONDS = 3600
SECONDS_TO_END = 10
PAGE_FOLDER = Path(rag.page.__file__).parent

QUIET = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE = {**QUIET, "queue": False}

FORWARD_CLICKS = """
const events = ["ask", "retry", "refine", "cite", "evidence", "earlier", "judge", "save", "read", "remove", "undo"];
const forward = (asked, more) => {
  if (asked && events.includes(asked.dataset.event)) trigger(asked.dataset.event, { ...asked.dataset, ...more });
};
element.addEventListener("click", (click) => forward(click.target.closest("[data-event]:not(form)"), {}));
element.addEventListener("submit", (submit) => {
  submit.preventDefault();
  forward(submit.target, Object.fromEntries(new FormData(submit.target)));
});
"""


class Talk(NamedTuple):
    """The components of the conversation and its evidence."""

    question: gr.Textbox
    past: gr.HTML
    latest: gr.HTML
    evidence: gr.HTML
    reader: gr.HTML
    records: gr.BrowserState
    current: gr.State
    ask: gr.Button
    stop: gr.Button
    anew: gr.Button
    export: gr.Button
    exported: gr.Textbox

    @property
    def desk(self) -> list[gr.components.Component]:
        """The outputs of a handler that returns a `Desk`."""
        return [getattr(self, name) for name in Desk._fields]


class Sides(NamedTuple):
    """The components of the comparison."""

    tab: gr.Tab
    topic: gr.Textbox
    speakers: gr.Dropdown
    sources: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    compare: gr.Button
    stop: gr.Button
    result: gr.HTML
    tools: gr.Row
    exports: dict[str, gr.Button]
    exported: gr.Textbox
    evidence: gr.HTML
    reader: gr.HTML
    records: gr.BrowserState

    @property
    def table(self) -> list[gr.components.Component]:
        """The outputs of a handler that returns a `Table`."""
        return [getattr(self, name) for name in Table._fields]


class Shelf(NamedTuple):
    """The components of the list of articles."""

    tab: gr.Tab
    files: gr.File
    report: gr.HTML
    wanted: gr.Textbox
    undo: gr.HTML
    articles: gr.HTML
    reader: gr.HTML
    gone: gr.State


def build(assistant: Assistant) -> gr.Blocks:
    """The page over an Assistant, ready to be launched."""
    with gr.Blocks(title="On Record", fill_width=True, delete_cache=(CACHE_SECONDS, CACHE_SECONDS)) as page:
        masthead = gr.HTML(elem_id="masthead", apply_default_css=False)
        compared = gr.BrowserState("", storage_key="on-record-comparison", secret="on-record")
        with gr.Tabs(elem_id="tabs"):
            talk = _ask_tab()
            sides = _compare_tab(compared)
            shelf = _articles_tab()
            model = _settings_tab(assistant.config.model)
        names = _html("names")
        handlers, shelving = Handlers(assistant), Shelving(assistant)
        _wire_answers(handlers, talk, model)
        _wire_evidence(handlers, talk)
        _wire_past(handlers, talk)
        _wire_comparison(page, Comparing(assistant), sides, model)
        _wire_articles(shelving, shelf, masthead, model)
        _wire_status(page, handlers, shelving, talk, shelf, masthead, names, model)
    return page.queue(default_concurrency_limit=8, max_size=64, api_open=False)


def serve(config: Config) -> None:
    """Serve the page until Ctrl-C; the models are loaded and the bundled articles indexed meanwhile.

    Raises `ConfigError` where no port is free, or where the environment would let visitors run code,
    or where anybody on the network could come in.
    """
    if os.environ.get("GRADIO_VIBE_MODE"):
        raise ConfigError("GRADIO_VIBE_MODE would let every visitor run code here; unset it.")
    if config.host not in LOCAL_HOSTS and not config.password:
        raise ConfigError(
            f"At {config.host} anybody could read and remove articles; set ONRECORD_PASSWORD or --password."
        )
    port = _free_port(config.host, config.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    assistant = Assistant(config)
    warm_up = threading.Thread(target=assistant.warm_up, name="warm-up", daemon=True)
    page = build(assistant)
    try:
        warm_up.start()
        _launch(page, config, port)
        if port != config.port:
            print(f"Port {config.port} is taken; using {port}.")
        print(f"On Record is at {page.local_url} (Ctrl-C ends it).", flush=True)
        threading.Event().wait()
    except KeyboardInterrupt:
        print("On Record has ended.", flush=True)
    finally:
        page.close(verbose=False)
        warm_up.join(SECONDS_TO_END)  # torch aborts the process when it ends inside the loading of a model
        assistant.close()


def _ask_tab() -> Talk:
    with gr.Tab("Ask", id="ask"), gr.Row(elem_classes="desk", equal_height=True):
        with gr.Column(elem_classes="talk", scale=6):
            with gr.Column(elem_classes="scroll"):
                past, latest = _html("past"), _html("latest")
            with gr.Row(elem_classes="composer"):
                question = _question_box()
                ask = gr.Button("Ask", variant="primary", elem_id="ask", scale=0, min_width=80)
                stop = gr.Button("Stop", elem_id="stop", scale=0, min_width=80, visible=False)
            with gr.Row(elem_classes="tools"):
                anew = gr.Button("New conversation", size="sm", elem_id="anew", scale=0)
                export = gr.Button("Export conversation", size="sm", elem_id="export", scale=0)
        with gr.Column(elem_classes="aside", scale=5):
            _way_back("conversation")
            evidence, reader = _html("evidence"), _html("reader")
        records = gr.BrowserState("", storage_key="on-record-conversation", secret="on-record")
        return Talk(
            question, past, latest, evidence, reader, records, gr.State(None), ask, stop, anew, export,
            exported=gr.Textbox(visible=False),
        )  # fmt: skip


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask about the articles …",
        lines=1,
        max_lines=6,
        autofocus=True,
        elem_id="question",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
    )


def _compare_tab(records: gr.BrowserState) -> Sides:
    with gr.Tab("Compare", id="compare") as tab, gr.Row(elem_classes="desk wide", equal_height=True):
        with gr.Column(elem_classes="talk", scale=7), gr.Column(elem_classes="scroll"):
            with gr.Column(elem_classes="sides", elem_id="sides"):
                topic = gr.Textbox(
                    "",
                    label="Topic",
                    placeholder="a ceasefire in Idlib",
                    max_lines=1,
                    max_length=LONGEST_CHANGE,
                    elem_id="topic",
                )
                with gr.Row():
                    speakers = _choice("People", "anybody", "speakers")
                    sources = _choice("Sources", "any source", "sources")
                with gr.Row():
                    since, until = _day("From", "since"), _day("To", "until")
                    compare = gr.Button("Compare", variant="primary", elem_id="compare", scale=0, min_width=110)
                    stop = gr.Button("Stop", elem_id="stop-comparing", scale=0, min_width=110, visible=False)
            result = _html("compared")
            with gr.Row(elem_classes="tools", visible=False) as tools:
                exports = {form: gr.Button(f"Export {form}", size="sm", scale=0) for form in EXPORTS}
        with gr.Column(elem_classes="aside", scale=4):
            _way_back("comparison")
            evidence, reader = _html("compared-evidence"), _html("compared-reader")
        return Sides(
            tab, topic, speakers, sources, since, until, compare, stop, result, tools, exports,
            gr.Textbox(visible=False), evidence, reader, records,
        )  # fmt: skip


def _choice(label: str, nobody: str, name: str) -> gr.Dropdown:
    return gr.Dropdown(
        [], value=[], label=f"{label} ({nobody} if empty)", multiselect=True, allow_custom_value=True, elem_id=name
    )


def _day(label: str, name: str) -> gr.Textbox:
    """A box for one day; page.js gives it the browser's own calendar, which Gradio's has no names for."""
    return gr.Textbox("", label=label, max_lines=1, max_length=10, elem_id=name, elem_classes="day")


def _articles_tab() -> Shelf:
    with gr.Tab("Articles", id="articles") as tab, gr.Row(elem_classes="desk", equal_height=True):
        with gr.Column(elem_classes="talk", scale=6), gr.Column(elem_classes="scroll"):
            files = gr.File(
                label="Add articles: .txt .md .html .jsonl .json .csv",
                file_count="multiple",
                height=72,
                elem_id="files",
            )
            report = _html("report")
            wanted = gr.Textbox(
                "", label="Find an article", placeholder="Title, source, author or date", max_lines=1, elem_id="wanted"
            )
            undo, articles = _html("undo"), _html("articles")
        with gr.Column(elem_classes="aside", scale=5):
            _way_back("list")
            reader = _html("shelf-reader")
        return Shelf(tab, files, report, wanted, undo, articles, reader, gr.State([]))


def _settings_tab(model: str) -> gr.Textbox:
    with gr.Tab("Settings", id="settings", render_children=True), gr.Column(elem_classes="settings"):
        chosen = gr.Textbox(
            model,
            label="Chat model",
            info="Written as provider:name, such as openai:gpt-5-mini or ollama:llama3.2; empty for none. It words the "
            "answers; the evidence stays the articles’ own, and every sentence is checked against it. The choice holds "
            "for your visit.",
            placeholder="none",
            max_lines=1,
            max_length=200,
            elem_id="model",
        )
        gr.HTML(render.what_is_sent(), apply_default_css=False)
        return chosen


def _html(name: str) -> gr.HTML:
    return gr.HTML(elem_id=name, js_on_load=FORWARD_CLICKS, apply_default_css=False)


def _way_back(place: str) -> None:
    gr.HTML(render.way_back(place), elem_classes="back", apply_default_css=False)


def _wire_answers(handlers: Handlers, talk: Talk, model: gr.Textbox) -> None:
    visit = [talk.records, model]
    answers = {**QUIET, "outputs": talk.desk, "concurrency_limit": 4, "concurrency_id": "answers"}
    typed = [talk.question.submit, talk.ask.click]
    asking = [
        gr.on(typed, handlers.ask, [talk.question, *visit], trigger_mode="always_last", **answers),
        talk.latest.ask(handlers.ask_suggested, visit, **answers),
        talk.latest.retry(handlers.retry, visit, **answers),
        talk.latest.refine(handlers.refine, visit, **answers),
        talk.past.ask(handlers.ask_suggested, visit, **answers),
        talk.past.refine(handlers.refine, visit, **answers),
    ]
    talk.stop.click(handlers.stop, [talk.records, talk.current], talk.desk, cancels=asking, **AT_ONCE).success(
        None, js="() => onRecord.focusOn('#question textarea')", **QUIET
    )
    talk.anew.click(handlers.begin_anew, None, talk.desk, **AT_ONCE)
    talk.export.click(handlers.export, talk.records, talk.exported, **AT_ONCE).success(
        None, talk.exported, js="(text) => onRecord.download(text, 'on-record.md', 'text/markdown')", **QUIET
    )


def _wire_evidence(handlers: Handlers, talk: Talk) -> None:
    inputs, outputs = [talk.records, talk.current], [talk.evidence, talk.reader]
    for shown in (talk.past, talk.latest, talk.evidence):
        shown.cite(handlers.cite, inputs, outputs, **AT_ONCE).success(
            None, js="() => onRecord.showCited('reader')", **QUIET
        )
    for shown in (talk.past, talk.latest):
        shown.evidence(handlers.show_evidence, inputs, outputs, **AT_ONCE)


def _wire_past(handlers: Handlers, talk: Talk) -> None:
    """What can be done with an answer that has ended."""
    kept = [talk.records, talk.current]
    talk.past.earlier(handlers.earlier, talk.records, talk.past, **AT_ONCE).success(
        None, js="() => onRecord.keepPlace()", **QUIET
    )
    for shown in (talk.past, talk.latest):
        shown.judge(handlers.judge, kept, talk.desk, **AT_ONCE).success(None, js="() => onRecord.showThanks()", **QUIET)
        shown.save(handlers.save, kept, talk.exported, **AT_ONCE).success(
            None, talk.exported, js="(text) => onRecord.download(text, 'on-record-answer.md', 'text/markdown')", **QUIET
        )


def _wire_comparison(page: gr.Blocks, comparing: Comparing, sides: Sides, model: gr.Textbox) -> None:
    asked = [sides.topic, sides.speakers, sides.sources, sides.since, sides.until, model]
    gr.on([page.load, sides.tab.select], comparing.choices, None, [sides.speakers, sides.sources], **AT_ONCE)
    page.load(comparing.open, sides.records, sides.table, **AT_ONCE)
    going = gr.on(
        [sides.topic.submit, sides.compare.click], comparing.compare, asked, sides.table,
        concurrency_limit=4, concurrency_id="answers", **QUIET,
    )  # fmt: skip
    sides.stop.click(comparing.stop, sides.records, sides.table, cancels=[going], **AT_ONCE)
    for shown in (sides.result, sides.evidence):
        shown.cite(comparing.cite, sides.records, [sides.evidence, sides.reader], **AT_ONCE).success(
            None, js="() => onRecord.showCited('compared-reader')", **QUIET
        )
    for form, (_, name, type_) in EXPORTS.items():
        sides.exports[form].click(
            partial(comparing.export, form=form), sides.records, sides.exported, **AT_ONCE
        ).success(None, sides.exported, js=f"(text) => onRecord.download(text, '{name}', '{type_}')", **QUIET)


def _wire_articles(handlers: Shelving, shelf: Shelf, masthead: gr.HTML, model: gr.Textbox) -> None:
    view = [shelf.wanted, model]
    changed = [shelf.gone, shelf.undo, shelf.articles, masthead]
    shelf.articles.read(handlers.read, None, shelf.reader, **AT_ONCE).success(
        None, js="() => onRecord.showCited('shelf-reader')", **QUIET
    )
    shelf.articles.remove(handlers.remove, [shelf.gone, *view], changed, **AT_ONCE).success(
        None, js="() => onRecord.focusOn('#undo button')", **QUIET
    )
    shelf.undo.undo(handlers.undo, [shelf.gone, *view], changed, **AT_ONCE).success(
        None, js="() => onRecord.focusOn('#wanted input, #wanted textarea')", **QUIET
    )
    shelf.files.upload(
        handlers.add, [shelf.files, *view], [shelf.report, shelf.files, shelf.articles, masthead], **QUIET
    )


def _wire_status(
    page: gr.Blocks,
    handlers: Handlers,
    shelving: Shelving,
    talk: Talk,
    shelf: Shelf,
    masthead: gr.HTML,
    names: gr.HTML,
    model: gr.Textbox,
) -> None:
    timer = gr.Timer(1.0)
    page.load(handlers.open, talk.records, talk.desk, **AT_ONCE)
    gr.on(  # one event for all that the top line depends on, since the answers of several may overtake each other
        [page.load, timer.tick, model.change],
        handlers.tick,
        [talk.records, model],
        [masthead, timer, talk.latest, names],
        trigger_mode="always_last",
        **AT_ONCE,
    )
    listing = [page.load, timer.tick, shelf.tab.select, shelf.wanted.input]
    gr.on(listing, shelving.articles, shelf.wanted, shelf.articles, trigger_mode="always_last", **AT_ONCE)


def _launch(page: gr.Blocks, config: Config, port: int) -> None:
    style = (PAGE_FOLDER / "page.css").read_text(encoding="utf-8")
    script = (PAGE_FOLDER / "page.js").read_text(encoding="utf-8")
    page.launch(
        server_name=config.host,
        server_port=port,
        auth=(USER, config.password) if config.password else None,
        auth_message=f"On Record. The user name is {USER}.",
        theme=_theme(),
        favicon_path=PAGE_FOLDER / "favicon.svg",
        head=f"<style>{style}</style><script>{script}</script>",
        app_kwargs={"middleware": _middleware(config)},
        max_file_size=MAX_UPLOAD,
        footer_links=[],
        run_history=False,
        show_error=False,
        share=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        inbrowser=sys.stdout.isatty(),
        prevent_thread_lock=True,
        quiet=True,
    )


def _middleware(config: Config) -> list[Middleware]:
    """Without a password, only who asks for this machine by its own name is served: no name can be rebound to it."""
    own_names = Middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS, www_redirect=False)
    return [Middleware(SecurityHeaders), *([] if config.password else [own_names])]


def _theme() -> gr.themes.Base:
    """Type and colours of what is shown before the style of the page has come: a blank page and the login."""
    sans = ["system-ui", "-apple-system", "'Segoe UI'", "Roboto", "'Noto Sans'", "'Liberation Sans'", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="#fbfaf6",
        body_background_fill_dark="#171614",
        background_fill_primary="#fbfaf6",
        background_fill_primary_dark="#171614",
        background_fill_secondary="#fbfaf6",
        background_fill_secondary_dark="#171614",
        body_text_color="#1d1c1a",
        body_text_color_dark="#ece8e0",
        button_primary_background_fill="#97241c",
        button_primary_background_fill_dark="#e8998a",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#1f1210",
    )


def _free_port(host: str, wanted: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host.strip("[]"), port))
            except OSError:
                continue
            return port
    raise ConfigError(f"No port from {wanted} on is free at {host}; name another with ONRECORD_PORT.")


if __name__ == "__main__":
    try:
        serve(rag.config.load())
    except OnRecordError as error:
        sys.exit(str(error))
