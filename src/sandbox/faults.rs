//! Faults on demand: what the network and Telegram do to a bot on a bad day.

use std::time::Duration;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 with this wait in seconds; nothing is done.
    TooMany(u32),
    /// An HTTP error of a gateway (500, 502) with an HTML body; nothing is done.
    Gateway(u16),
    /// The connection breaks before the request is taken; nothing is done.
    CutBefore,
    /// The connection breaks after the request was carried out.
    CutAfter,
    /// No answer ever comes; nothing is done.
    Hang,
    /// The request is carried out; the answer comes one byte at a time with this pause between.
    Drip(Duration),
    /// The request is carried out; 200 with a body that is not JSON.
    Garbage,
    /// 409, as when another process polls.
    Conflict,
    /// 401, as after the token was revoked.
    Unauthorized,
    /// 403, as after the parent blocked the bot.
    Blocked,
    /// 403, as after the parent's account was deleted.
    Deactivated,
    /// 400 with this wording after "Bad Request: ".
    Refused(&'static str),
}

/// Which requests a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Every request.
    All,
    /// Requests about this chat.
    Chat(i64),
    /// Requests of this method, written as in the Bot API's pages (`getUpdates`).
    Method(&'static str),
    /// Every request that says something to a chat: messages, edits and documents.
    Sending,
}

struct Rule {
    target: Target,
    fault: Fault,
    /// How many more requests it is for; `None` until cleared.
    left: Option<u32>,
}

/// The script of faults; the oldest rule that fits a request wins.
#[derive(Default)]
pub(super) struct Faults {
    rules: Vec<Rule>,
}

impl Faults {
    pub(super) fn add(&mut self, target: Target, fault: Fault, times: Option<u32>) {
        self.rules.push(Rule {
            target,
            fault,
            left: times,
        });
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(super) fn draw(&mut self, method: &str, chat: Option<i64>) -> Option<Fault> {
        let at = self.rules.iter().position(|rule| match rule.target {
            Target::All => true,
            Target::Chat(id) => chat == Some(id),
            Target::Method(name) => name == method,
            Target::Sending => method.starts_with("send") || method.starts_with("editMessage"),
        })?;
        let rule = &mut self.rules[at];
        let fault = rule.fault;
        if let Some(left) = &mut rule.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.rules.remove(at);
            }
        }
        Some(fault)
    }
}
