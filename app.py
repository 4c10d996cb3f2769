"""The page of On Record: its layout, its events, its launch."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

import rag.config
import rag.page
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import ConfigError, OnRecordError
from rag.page.headers import SecurityHeaders
from rag.page.tabs.articles import Shelf, Shelving, articles_tab, wire_articles
from rag.page.tabs.ask import (
    Handlers,
    Talk,
    ask_tab,
    wire_answers,
    wire_evidence,
    wire_past,
)
from rag.page.tabs.compare import Comparing, compare_tab, wire_comparison
from rag.page.tabs.settings import settings_tab
from rag.page.tabs.shared import (
    AT_ONCE,
    COMPARISON,
    CONVERSATION,
    FROM_BROWSER,
    SECONDS_BETWEEN_LOOKS,
    kept,
    panel,
)
from rag.page.views.pieces import EVENTS

USER = "onrecord"  # whom the login asks for beside the password; no secret
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1", "[::1]")
# more than anybody runs beside each other; then something else is wrong (chosen by hand)
PORTS_TRIED = 100
# thousands of articles in one file; more are added with the command (chosen by hand)
MAX_UPLOAD = "100mb"
# uploads are read at once, and Gradio deletes its copies; the hour is for long readings
CACHE_SECONDS = 3600
# the warm-up ends at its next article or batch of passages, a matter of seconds
SECONDS_TO_END = 10
# of events at the same time and waiting: plenty for one machine, and an end to a flood
CONCURRENT_EVENTS, WAITING_EVENTS = 8, 64
PAGE_FOLDER = Path(rag.page.__file__).parent


def build(assistant: Assistant) -> gr.Blocks:
    """The page over an Assistant, ready to be launched."""
    with gr.Blocks(
        title="On Record", fill_width=True, delete_cache=(CACHE_SECONDS, CACHE_SECONDS)
    ) as page:
        masthead = gr.HTML(elem_id="masthead", apply_default_css=False)
        # outside the tabs, since a tab that is not shown yet does not run its scripts
        conversation, comparison = kept(CONVERSATION), kept(COMPARISON)
        with gr.Tabs(elem_id="tabs"):
            talk = ask_tab(conversation)
            sides = compare_tab(comparison)
            shelf = articles_tab()
            model = settings_tab(assistant.config.model)
        names = panel("names")
        handlers, shelving = Handlers(assistant), Shelving(assistant)
        wire_answers(handlers, talk, model)
        wire_evidence(handlers, talk)
        wire_past(handlers, talk)
        wire_comparison(page, Comparing(assistant), sides, model)
        wire_articles(shelving, shelf, masthead, model)
        _wire_status(page, handlers, shelving, talk, shelf, masthead, names, model)
    return page.queue(
        default_concurrency_limit=CONCURRENT_EVENTS,
        max_size=WAITING_EVENTS,
        api_open=False,
    )


def serve(config: Config) -> None:
    """Serve the page until Ctrl-C; the models are loaded and the bundled articles indexed
    meanwhile.

    Raises `ConfigError` where no port is free, or where the environment would let visitors
    run code, or where anybody on the network could come in.
    """
    if os.environ.get("GRADIO_VIBE_MODE"):
        raise ConfigError(
            "GRADIO_VIBE_MODE would let every visitor run code here; unset it."
        )
    if config.host not in LOCAL_HOSTS and not config.password:
        raise ConfigError(
            f"At {config.host} anybody could read and remove articles; "
            "set ONRECORD_PASSWORD or --password."
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
        # torch aborts the process when it ends inside the loading of a model
        warm_up.join(SECONDS_TO_END)
        assistant.close()


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
    timer = gr.Timer(SECONDS_BETWEEN_LOOKS)
    from_browser = FROM_BROWSER.replace("NAME", CONVERSATION)
    page.load(handlers.open, talk.visit, talk.desk, js=from_browser, **AT_ONCE)
    # one event for all that the top line depends on, since the answers of several may
    # overtake each other
    gr.on(
        [page.load, timer.tick, model.change],
        handlers.tick,
        model,
        [masthead, timer, names],
        trigger_mode="always_last",
        **AT_ONCE,
    ).success(handlers.welcome, talk.visit, talk.latest, js=from_browser, **AT_ONCE)
    gr.on(
        [page.load, timer.tick, shelf.tab.select],
        shelving.listed,
        shelf.view,
        shelf.articles,
        trigger_mode="always_last",
        **AT_ONCE,
    )


def _launch(page: gr.Blocks, config: Config, port: int) -> None:
    style = (PAGE_FOLDER / "page.css").read_text(encoding="utf-8")
    script = f"const EVENTS = {json.dumps(dict(EVENTS))};\n"
    script += (PAGE_FOLDER / "page.js").read_text(encoding="utf-8")
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
    """Without a password, only who asks for this machine by its own name is served: no name
    can be rebound to it.
    """
    if config.password:
        return [Middleware(SecurityHeaders)]
    own_names = Middleware(
        TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS, www_redirect=False
    )
    return [Middleware(SecurityHeaders), own_names]


def _theme() -> gr.themes.Base:
    """Type and colours of what is shown before the style of the page has come: a blank page
    and the login.
    """
    sans = [
        "system-ui",
        "-apple-system",
        "'Segoe UI'",
        "Roboto",
        "'Noto Sans'",
        "'Liberation Sans'",
        "sans-serif",
    ]
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
    raise ConfigError(
        f"No port from {wanted} on is free at {host}; name another with ONRECORD_PORT."
    )


if __name__ == "__main__":
    try:
        serve(rag.config.load())
    except OnRecordError as error:
        sys.exit(str(error))
