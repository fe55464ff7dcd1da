//! What is handed to the door, and what comes back. Values only.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::{sync::oneshot, time::Instant};

use crate::{
    content::Message,
    domain::{ChatId, Gone},
};

/// How urgent a letter is. The order is the order at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Help now: before everything, sent again until it is accepted.
    Crisis,
    /// An answer to something the parent wrote or tapped.
    Answer,
    /// A scheduled note.
    Note,
}

/// Where a letter goes within its chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A new message.
    New,
    /// In place of the message with this id; a new message if that is gone or too old.
    Edit(i32),
}

/// One message on its way out, without its footer. Serialized only to be sealed and parked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Whom it is for.
    #[serde(with = "chat_id")]
    pub chat: ChatId,
    /// How urgent it is.
    pub class: Class,
    /// What it says.
    pub message: Message,
    /// New, or in place of an older one.
    pub place: Place,
    /// Whether it rings.
    pub sound: bool,
    /// Whether forwarding and saving are barred.
    pub protect: bool,
    /// When the parent asked, by Telegram's clock ([`crate::telegram::Telegram::time`]), as messages are dated by it: an answer that leaves more than [`super::LATE_AFTER`] later says so.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it becomes pointless: it is not sent after this moment.
    pub not_after: Option<DateTime<Utc>>,
    /// Whether it is not to come after a call for help that comes before it leaves. Every note is not.
    #[serde(default)]
    pub gives_way: bool,
    /// For a note, when the row that it was decided from was about to be read: what the parent said since overtakes it.
    #[serde(skip)]
    pub decided: Option<Instant>,
    /// The number of the update that it answers: of all answers that wait, that to the oldest leaves first, so that what
    /// Telegram holds can be acknowledged from its beginning on. Without one it is who came to the door first.
    #[serde(default)]
    pub turn: Option<i64>,
    /// On the last letter of an answer, the number of the update that it answers: for whoever parks it, the door only
    /// carries it.
    pub answers: Option<i64>,
}

impl Letter {
    /// A new, silent message without any time limit.
    pub fn new(chat: ChatId, class: Class, message: Message) -> Self {
        Self {
            chat,
            class,
            message,
            place: Place::New,
            sound: false,
            protect: false,
            asked_at: None,
            not_after: None,
            gives_way: class == Class::Note,
            decided: None,
            turn: None,
            answers: None,
        }
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::New => "new",
            Place::Edit(_) => "edit",
        };
        write!(f, "Letter({:?}, {place})", self.class)
    }
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Telegram took it.
    Delivered {
        /// Telegram's id of the message that stands in the chat now.
        message_id: i32,
    },
    /// It was sent twice and both times the connection broke before the answer: most likely it arrived. Not to be sent again.
    Unknown,
    /// The chat takes no more messages.
    Gone(Gone),
    /// It had become pointless before it could be sent.
    Expired,
    /// Telegram refuses this message, for good.
    Refused,
    /// A note that was not sent because the parent said something after it was decided: decide anew, with what that changed.
    Overtaken,
    /// A note that was not sent because the parent called for help a moment ago: its row will say so. Not to be handed
    /// over again at once.
    Held,
    /// The door closed first. Not sent, as far as is known: whatever made it due is still due.
    Closed,
}

/// Awaits what becomes of a letter. Dropping it does not call the letter back.
#[derive(Debug)]
pub struct Receipt {
    pub(super) delivery: oneshot::Receiver<Delivery>,
    /// Speaks when the door knows already that the letter will wait for long.
    pub(super) waits: oneshot::Receiver<()>,
}

impl Receipt {
    /// What becomes of the letter if that is known within `patience`. `None` comes at once when the door sees that it
    /// will take longer (the chat must wait, has others before this one, or the first try failed), so that whoever answers
    /// a flood of messages, or a chat that is out of order, need not wait for each.
    pub async fn soon(&mut self, patience: Duration) -> Option<Delivery> {
        tokio::select! {
            biased;
            delivery = &mut self.delivery => Some(delivery.unwrap_or(Delivery::Closed)),
            Ok(()) = &mut self.waits => None,
            () = tokio::time::sleep(patience) => None,
        }
    }
}

/// The door's end of a [`Receipt`].
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) delivery: oneshot::Sender<Delivery>,
    pub(super) waits: Option<oneshot::Sender<()>>,
}

impl Reply {
    pub(super) fn new() -> (Self, Receipt) {
        let (reply, delivery) = oneshot::channel();
        let (will_wait, waits) = oneshot::channel();
        let reply = Self {
            delivery: reply,
            waits: Some(will_wait),
        };
        (reply, Receipt { delivery, waits })
    }

    /// Says, once, that the letter will not be delivered soon. Most do not ask.
    pub(super) fn will_wait(&mut self) {
        let _ = self.waits.take().map(|waits| waits.send(()));
    }
}

impl Future for Receipt {
    type Output = Delivery;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Delivery> {
        Pin::new(&mut self.delivery)
            .poll(context)
            .map(|answer| answer.unwrap_or(Delivery::Closed))
    }
}

mod chat_id {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::domain::ChatId;

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde asks for"
    )]
    pub(super) fn serialize<S: Serializer>(chat: &ChatId, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(chat.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ChatId, D::Error> {
        i64::deserialize(from).map(ChatId)
    }
}
