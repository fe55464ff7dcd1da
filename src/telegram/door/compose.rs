//! A letter becomes a request: late phrase, body, footer, keyboard. The footer is put here and nowhere else,
//! and it is always whole. Pure; must not know whether the request ever leaves.

use std::{fmt, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use teloxide::{
    payloads::{EditMessageText, SendMessage},
    types::{
        ButtonRequest, CopyTextButton, InlineKeyboardButton, InlineKeyboardButtonKind,
        InlineKeyboardMarkup, KeyboardButton, KeyboardMarkup, KeyboardRemove, LinkPreviewOptions,
        MessageId, ParseMode, ReplyMarkup, True,
    },
};

use super::letter::{Letter, Place};
use crate::{
    content::{
        Button, Keyboard, Voice,
        markup::{self, MAX_MESSAGE_UTF16},
    },
    domain::Language,
    telegram::api::recipient,
};

/// An answer that leaves later than this after the question says so (SPEC, promise 3).
pub const LATE_AFTER: TimeDelta = TimeDelta::minutes(10);

/// How much shorter a text becomes when Telegram finds it too long although we do not.
const SHORTER_BY: usize = 512;

/// Where the door gets its own words from: the live content, looked at anew for every message.
#[derive(Clone)]
pub struct Wording {
    /// The footer for a language and country, as checked HTML.
    pub footer: Arc<dyn Fn(Voice) -> String + Send + Sync>,
    /// The opening of an answer that comes late, as checked HTML.
    pub late: Arc<dyn Fn(Language) -> String + Send + Sync>,
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wording(…)")
    }
}

/// How much of a letter is left, after what Telegram refused before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dress {
    /// All of it.
    #[default]
    Whole,
    /// The words without their markup, and the buttons.
    Plain,
    /// The words alone.
    Bare,
}

/// How a letter is put this time, after what Telegram refused before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// How much of it is left.
    pub(super) dress: Dress,
    /// Well below the limit of length.
    pub(super) short: bool,
    /// As a new message although it was to be an edit.
    pub(super) as_new: bool,
}

/// A request that is ready to leave.
pub(super) enum Request {
    /// A new message.
    Send(Box<SendMessage>),
    /// A change of an older one.
    Edit(Box<EditMessageText>),
}

/// Whether a letter goes out as a change of an older message.
pub(super) fn is_edit(letter: &Letter, form: Form) -> bool {
    // Only buttons inside a message can be edited in; the other keyboards need a message of their own.
    matches!(letter.place, Place::Edit(_))
        && !form.as_new
        && matches!(
            letter.message.keyboard,
            Keyboard::None | Keyboard::Inline(_)
        )
}

/// Puts a letter together. `now` is by the clock that says when the parent asked.
pub(super) fn compose(
    letter: &Letter,
    form: Form,
    wording: &Wording,
    paid: bool,
    now: DateTime<Utc>,
) -> Request {
    let text = text(letter, form, wording, now);
    let parse_mode = (form.dress == Dress::Whole).then_some(ParseMode::Html);
    let link_preview_options = Some(no_preview());
    if let Place::Edit(message_id) = letter.place
        && is_edit(letter, form)
    {
        let mut edit = EditMessageText::new(recipient(letter.chat), MessageId(message_id), text);
        edit.parse_mode = parse_mode;
        edit.link_preview_options = link_preview_options;
        if let (Keyboard::Inline(rows), false) =
            (&letter.message.keyboard, form.dress == Dress::Bare)
        {
            edit.reply_markup = Some(inline(rows));
        }
        return Request::Edit(Box::new(edit));
    }
    let mut send = SendMessage::new(recipient(letter.chat), text);
    send.parse_mode = parse_mode;
    send.link_preview_options = link_preview_options;
    send.disable_notification = (!letter.sound).then_some(true);
    send.protect_content = letter.protect.then_some(true);
    send.allow_paid_broadcast = paid.then_some(true);
    send.reply_markup = keyboard(&letter.message.keyboard).filter(|_| form.dress != Dress::Bare);
    Request::Send(Box::new(send))
}

/// Late phrase, body and footer. When the sum is too long the body gives way, never the footer.
fn text(letter: &Letter, form: Form, wording: &Wording, now: DateTime<Utc>) -> String {
    const BETWEEN: &str = "\n\n";
    let voice = letter.message.voice;
    let footer = format!("<i>{}</i>", (wording.footer)(voice));
    let is_late = letter
        .asked_at
        .is_some_and(|asked| now - asked > LATE_AFTER);
    let late = if is_late {
        format!("{}{BETWEEN}", (wording.late)(voice.language))
    } else {
        String::new()
    };
    let limit = if form.short {
        MAX_MESSAGE_UTF16 - SHORTER_BY
    } else {
        MAX_MESSAGE_UTF16
    };
    let body = format!("{late}{}", letter.message.body);
    let room = limit.saturating_sub(markup::visible_len_utf16(&footer) + BETWEEN.len());
    let html = format!("{}{BETWEEN}{footer}", markup::clip(&body, room));
    if form.dress == Dress::Whole {
        html
    } else {
        markup::plain(&html)
    }
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

fn keyboard(keyboard: &Keyboard) -> Option<ReplyMarkup> {
    match keyboard {
        Keyboard::None => None,
        Keyboard::Inline(rows) => Some(ReplyMarkup::InlineKeyboard(inline(rows))),
        Keyboard::AskLocation { share, cancel } => {
            let mut keys = KeyboardMarkup::new([
                vec![KeyboardButton::new(share).request(ButtonRequest::Location)],
                vec![KeyboardButton::new(cancel)],
            ]);
            keys.one_time_keyboard = true;
            keys.resize_keyboard = true;
            Some(ReplyMarkup::Keyboard(keys))
        }
        Keyboard::Usual => Some(ReplyMarkup::KeyboardRemove(KeyboardRemove {
            remove_keyboard: True,
            selective: false,
        })),
    }
}

fn inline(rows: &[Vec<Button>]) -> InlineKeyboardMarkup {
    let rows = rows
        .iter()
        .map(|row| row.iter().filter_map(button).collect::<Vec<_>>())
        .filter(|row| !row.is_empty());
    InlineKeyboardMarkup::new(rows)
}

/// `None` for a link that is no address: better a message without that button than no message.
fn button(button: &Button) -> Option<InlineKeyboardButton> {
    let (label, kind) = match button {
        Button::Tap { label, data } => {
            (label, InlineKeyboardButtonKind::CallbackData(data.clone()))
        }
        Button::Link { label, url } => (label, InlineKeyboardButtonKind::Url(url.parse().ok()?)),
        Button::Copy { label, text } => (
            label,
            InlineKeyboardButtonKind::CopyText(CopyTextButton { text: text.clone() }),
        ),
    };
    Some(InlineKeyboardButton::new(label, kind))
}
