//! Whether the machine's clock can be believed. Must not know what hangs on it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::telegram::Telegram;

/// The doubt, once it is there until it is cleared up.
#[derive(Debug, Default)]
pub(super) struct Doubt(AtomicBool);

impl Doubt {
    pub(super) fn is_there(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether the machine's clock is so far off that nothing may be sent, skipped or erased by it. Said once.
    pub(super) async fn of_the_clock(&self, telegram: &Telegram) -> bool {
        let off = telegram.clock_is_off_by().await;
        let before = self.0.swap(off.is_some(), Ordering::Relaxed);
        match off {
            Some(ahead) if !before => tracing::error!(
                hours_ahead = ahead.num_hours(),
                "this machine's clock is days off from Telegram's: no notes are sent until it is set right"
            ),
            None if before => tracing::info!("this machine's clock is right again"),
            _ => {}
        }
        off.is_some()
    }
}
