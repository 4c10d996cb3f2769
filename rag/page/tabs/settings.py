"""The tab of settings: which chat model words the answers, and what is sent to it."""

from __future__ import annotations

import gradio as gr

from rag.page.views import exchange

LONGEST_NAME = 200  # of a model; a server's own may be a path


def settings_tab(model: str) -> gr.Textbox:
    with (
        gr.Tab(
            "Settings", id="settings", elem_id="settings-panel", render_children=True
        ),
        gr.Column(elem_classes="settings"),
    ):
        chosen = gr.Textbox(
            model,
            label="Chat model",
            info="Written as provider:name, such as openai:gpt-5-mini or ollama:llama3.2; "
            "empty for none. It words the answers; the evidence stays the articles’ own, and "
            "every sentence is checked against it. The choice holds for your visit.",
            placeholder="none",
            max_lines=1,
            max_length=LONGEST_NAME,
            elem_id="model",
        )
        gr.HTML(exchange.what_is_sent(), apply_default_css=False)
        return chosen
