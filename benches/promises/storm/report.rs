//! What is said about a storm, and what of it is judged.

use std::time::Duration;

use slowbloom::sandbox::{CallRecord, Fault};
use tokio::time::Instant;

use super::{NOTED, REFUSING, Storm, Trouble, WRITERS, judge};
use crate::{
    broadcast,
    figures::{Spread, say},
    promise,
    town::{is_poll, is_taken},
};

impl Storm {
    pub(super) fn report(&self, notes: i64, ended: Instant) {
        let calls = self.town.telegram.calls();
        judge::faults(&calls);
        judge::deliveries("notes", &calls, NOTED..NOTED + notes);
        judge::deliveries("answers", &calls, WRITERS..self.writers);
        for (trouble, name) in Trouble::ALL {
            self.help(&calls, trouble, name);
        }
        self.refusing(&calls, ended);
        judge::busiest_second("polls", &calls, is_poll);
        judge::busiest_second("requests", &calls, |_| true);
        broadcast::limits(&self.town);
    }

    fn help(&self, calls: &[CallRecord], trouble: Trouble, name: &str) {
        let hers = self.calls.iter().filter(|call| call.trouble == trouble);
        let waits: Vec<_> = hers
            .map(|call| {
                let taken = judge::taken(calls, call.chat)?;
                Some(taken.saturating_duration_since(call.since))
            })
            .collect();
        let helped: Spread = waits.iter().copied().flatten().collect();
        let name = format!("help {name}");
        say(&name, &helped);
        promise::none("  calls never answered", waits.len() - helped.len());
        if !waits.is_empty() {
            promise::percentile_within("  help", &helped, 100, trouble.help_within());
        }
    }

    /// How often the chats that refuse were tried, and what they have got since they stopped.
    fn refusing(&self, calls: &[CallRecord], ended: Instant) {
        for (id, fault, why) in REFUSING {
            let hers = || calls.iter().filter(move |call| call.chat == Some(id));
            let in_storm = hers().filter(|call| call.instant < ended).count();
            let took = hers()
                .next()
                .map_or(Duration::ZERO, |first| ended - first.instant);
            let name = format!("requests to a chat that says {why}");
            let taken = hers().filter(|call| is_taken(call)).count();
            let owed = match fault {
                Fault::TooMany(seconds) => {
                    promise::at_most(&name, in_storm, judge::tries_with_429(seconds, took));
                    1 + self.asked
                }
                Fault::Gateway(_) => {
                    let tries = judge::tries_with_back_off(judge::NOTE, took);
                    promise::at_most(&name, in_storm, tries + self.comebacks);
                    1
                }
                // Her note is not owed any more; she asked for something in the end.
                _ => {
                    promise::exactly(&name, in_storm, 1);
                    1
                }
            };
            promise::exactly("  taken when it refuses no more", taken, owed);
        }
    }
}
