//! A chat as plain text, for tests that compare conversations.

use super::{
    chat::Message,
    keyboard::{Action, Button, Markup},
};

/// `mia: /start`, with further lines indented below.
pub(super) fn line(who: &str, text: &str) -> String {
    let mut lines = text.lines();
    let mut out = format!("{who}: {}", lines.next().unwrap_or_default());
    for line in lines {
        out.push('\n');
        if !line.is_empty() {
            out.push_str("     ");
            out.push_str(line);
        }
    }
    out
}

/// What the bot said, with its buttons below.
pub(super) fn bot_line(message: &Message, markup: Option<&Markup>, edited: bool) -> String {
    let who = match (edited, message.silent) {
        (true, _) => "bot (edited)",
        (false, true) => "bot (silent)",
        (false, false) => "bot",
    };
    let text = match &message.file {
        Some(name) => format!("[file {name}] {}", message.body.text),
        None => message.body.text.clone(),
    };
    let mut out = line(who, &text);
    for row in &message.keyboard {
        push_row(&mut out, row.iter().map(inline_label));
    }
    match markup {
        Some(Markup::Reply(rows)) => {
            for row in rows {
                push_row(
                    &mut out,
                    row.iter().map(|button| format!("{{{}}}", button.label)),
                );
            }
        }
        Some(Markup::Remove) => push_row(&mut out, ["{keyboard removed}".to_owned()].into_iter()),
        Some(Markup::Inline(_) | Markup::ForceReply) | None => {}
    }
    out
}

fn inline_label(button: &Button) -> String {
    match &button.action {
        Action::Callback(_) => format!("[{}]", button.label),
        Action::Url(url) => format!("[{} → {url}]", button.label),
        Action::Copy(text) => format!("[{} ⧉ {text}]", button.label),
    }
}

fn push_row(out: &mut String, labels: impl Iterator<Item = String>) {
    out.push_str("\n     ");
    out.push_str(&labels.collect::<Vec<_>>().join(" "));
}
