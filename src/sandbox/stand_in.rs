//! The handle on the stand-in: starting it, waiting for the bot, reading the record.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::Router;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    chat::{Chat, ChatKind, Person},
    faults::{Fault, Target},
    limits::Breach,
    model::{Model, Moment},
    page::{self, PARENTS, TryHooks},
    people::{Group, Parent},
    record::{CallRecord, Said},
    server, webhook,
    wire::{CuttableListener, Line},
};
use crate::clock::Clock;

/// How long waiting for the bot may take in real time before it is a failure. Generous: a loaded machine is slow.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The token that the stand-in knows the bot by. It opens nothing.
pub(super) const TOKEN: &str = "4242424242:stand-in-for-telegram-not-a-secret_";

/// Telegram, in this process. Clones are the same one; it stops when the last is dropped.
#[derive(Clone)]
pub struct StandIn {
    pub(super) shared: Shared,
    address: SocketAddr,
    _stops_with_the_last: Arc<DropGuard>,
}

/// What the server and the handles share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Inner>);

struct Inner {
    clock: Clock,
    model: Mutex<Model>,
    changed: watch::Sender<u64>,
}

impl StandIn {
    /// Listens at `listen` (port 0 takes a free one). Dates of messages come from `clock`.
    pub async fn start(clock: Clock, listen: SocketAddr) -> io::Result<Self> {
        Self::start_with(clock, listen, |_| Router::new()).await
    }

    /// Also serves the chat page at `/`. Takes only loopback addresses: the page is for the one who sits here.
    pub async fn start_with_page(
        clock: Clock,
        listen: SocketAddr,
        hooks: TryHooks,
    ) -> io::Result<Self> {
        if !listen.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the chat page is served on a loopback address only",
            ));
        }
        let telegram =
            Self::start_with(clock, listen, |shared| page::router(shared, hooks)).await?;
        for (id, name) in PARENTS {
            telegram.parent(id, name, "en");
        }
        Ok(telegram)
    }

    async fn start_with(
        clock: Clock,
        listen: SocketAddr,
        pages: impl FnOnce(Shared) -> Router,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let shared = Shared(Arc::new(Inner {
            clock,
            model: Mutex::default(),
            changed: watch::Sender::new(0),
        }));
        let router = pages(shared.clone()).fallback_service(
            Router::new()
                .fallback(server::bot_api)
                .with_state(shared.clone()),
        );
        let service = router.into_make_service_with_connect_info::<Line>();
        let stop = CancellationToken::new();
        let guard = Arc::new(stop.clone().drop_guard());
        tokio::spawn(
            stop.clone()
                .run_until_cancelled_owned(webhook::push_updates(shared.clone())),
        );
        tokio::spawn(stop.run_until_cancelled_owned(async move {
            axum::serve(CuttableListener(listener), service).await
        }));
        Ok(Self {
            shared,
            address,
            _stops_with_the_last: guard,
        })
    }

    /// The address that stands for `https://api.telegram.org`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The token that the bot must use.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// A person with a phone set to this language. Asking again for the same id gives the same person.
    pub fn parent(&self, id: i64, name: &str, language_code: &str) -> Parent {
        self.shared.with(|model| {
            model.people.entry(id).or_insert_with(|| Person {
                id,
                name: name.to_owned(),
                language_code: language_code.to_owned(),
                deactivated: false,
            });
            model
                .chats
                .entry(id)
                .or_insert_with(|| Chat::new(id, ChatKind::Private, name));
        });
        Parent {
            shared: self.shared.clone(),
            id,
        }
    }

    /// A group that the bot is not in yet. Group ids are negative.
    pub fn group(&self, id: i64, title: &str) -> Group {
        self.shared.with(|model| {
            model
                .chats
                .entry(id)
                .or_insert_with(|| Chat::new(id, ChatKind::Group, title));
        });
        Group {
            shared: self.shared.clone(),
            id,
        }
    }

    /// Queues any JSON object as an update; only `update_id` is put in. Returns that id.
    pub fn raw_update(&self, content: &Value) -> i64 {
        self.shared.change(|model| model.queue.push_raw(content))
    }

    /// The next `count` confirmed updates are delivered once more.
    pub fn repeats_updates(&self, count: usize) {
        self.shared.with(|model| model.queue.repeats = count);
    }

    /// The next `count` batches of more than one update come last first.
    pub fn reverses_batches(&self, count: usize) {
        self.shared
            .with(|model| model.queue.reversed_batches = count);
    }

    /// From now on, `fault` meets the next `times` requests that `target` names.
    pub fn fails(&self, target: Target, fault: Fault, times: u32) {
        if times > 0 {
            self.shared
                .with(|model| model.faults.add(target, fault, Some(times)));
        }
    }

    /// From now on, `fault` meets every request that `target` names, until [`StandIn::recovers`].
    pub fn keeps_failing(&self, target: Target, fault: Fault) {
        self.shared
            .with(|model| model.faults.add(target, fault, None));
    }

    /// Takes all faults away.
    pub fn recovers(&self) {
        self.shared.change(|model| model.faults.clear());
    }

    /// From now on answers and messages are dated so far ahead of the machine's clock: as if that were so far behind.
    pub fn is_ahead(&self, by: chrono::TimeDelta) {
        self.shared.with(|model| model.ahead = by);
    }

    /// Refuses with 429 what is over the limits, instead of only counting it.
    pub fn enforces_limits(&self, strict: bool) {
        self.shared.with(|model| model.judge.strict = strict);
    }

    /// Every message so far that was over a limit.
    pub fn breaches(&self) -> Vec<Breach> {
        self.shared.with(|model| model.judge.breaches().to_vec())
    }

    /// Starts counting breaches anew.
    pub fn forget_breaches(&self) {
        self.shared.with(|model| model.judge.forget_breaches());
    }

    /// Every request so far, in order of arrival.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.shared.with(|model| model.records.clone())
    }

    /// How many requests so far are of this kind; cheaper than [`StandIn::calls`] while thousands arrive.
    pub fn count_calls(&self, which: impl Fn(&CallRecord) -> bool) -> usize {
        self.shared
            .with(|model| model.records.iter().filter(|record| which(record)).count())
    }

    /// Everything that the bot said and Telegram accepted, in order: messages, edits, files with their captions.
    pub fn everything_said(&self) -> Vec<Said> {
        self.shared.with(|model| model.said.clone())
    }

    /// Every toast and alert that the bot showed: the chat and the text.
    pub fn toasts(&self) -> Vec<(i64, String)> {
        self.shared.with(|model| {
            let toasts = model.toasts.iter();
            toasts
                .map(|(chat, toast)| (*chat, toast.text.clone()))
                .collect()
        })
    }

    /// How many updates the bot has not confirmed.
    pub fn unconfirmed(&self) -> usize {
        self.shared.with(|model| model.queue.len())
    }

    /// How many updates of this chat the bot has not confirmed.
    pub fn unconfirmed_of(&self, chat: i64) -> usize {
        self.shared.with(|model| model.queue.count_of(chat))
    }

    /// What the bot's webhook last answered other than 200, in Telegram's words.
    pub fn webhook_error(&self) -> Option<String> {
        self.shared
            .with(|model| model.queue.last_webhook_error.clone())
    }

    /// Waits until the bot has confirmed every update.
    pub async fn all_confirmed(&self) -> Result<(), WaitedTooLong> {
        self.shared
            .until("every update is confirmed", None, |model| {
                model.queue.is_empty().then_some(())
            })
            .await
    }

    /// Waits until the record of requests satisfies `condition`; `what` names it in the failure.
    pub async fn until_calls(
        &self,
        what: &str,
        condition: impl Fn(&[CallRecord]) -> bool,
    ) -> Result<(), WaitedTooLong> {
        self.shared
            .until(what, None, |model| condition(&model.records).then_some(()))
            .await
    }

    /// The conversation in a chat as plain text; see [`Parent::transcript`].
    pub fn transcript(&self, chat: i64) -> String {
        self.shared.with(|model| model.transcript(chat))
    }
}

impl Shared {
    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(super) fn moment(&self) -> Moment {
        let clock = self.0.clock.now();
        Moment {
            clock,
            dated: clock + self.with(|model| model.ahead),
            instant: self.0.clock.instant(),
        }
    }

    /// Looks at the model, or changes what nobody waits for.
    pub(super) fn with<R>(&self, work: impl FnOnce(&mut Model) -> R) -> R {
        // A panic while the lock is held leaves the model as far as it got, which is what a judge should show.
        let mut model = self.0.model.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut model)
    }

    /// Changes the model and wakes all who wait for a change.
    pub(super) fn change<R>(&self, work: impl FnOnce(&mut Model) -> R) -> R {
        let result = self.with(work);
        self.0.changed.send_modify(|version| *version += 1);
        result
    }

    /// Tells of changes from now on.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Waits until `look` finds something, at most [`PATIENCE`].
    pub(super) async fn until<R>(
        &self,
        what: &str,
        chat: Option<i64>,
        look: impl Fn(&mut Model) -> Option<R>,
    ) -> Result<R, WaitedTooLong> {
        let deadline = self.0.clock.instant() + PATIENCE;
        let mut changes = self.changes();
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.with(&look) {
                return Ok(found);
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep_until(deadline) => {
                    return Err(self.with(|model| WaitedTooLong::new(what, chat, model)));
                }
            }
        }
    }
}

impl Model {
    pub(super) fn transcript(&self, chat: i64) -> String {
        self.chats
            .get(&chat)
            .map(|chat| chat.log.join("\n"))
            .unwrap_or_default()
    }
}

/// The bot did not do in time what was waited for. Says what, and shows the conversation and the last requests.
pub struct WaitedTooLong(String);

impl WaitedTooLong {
    fn new(what: &str, chat: Option<i64>, model: &Model) -> Self {
        let mut text = format!(
            "waited {} s until {what}; {} updates unconfirmed\n",
            PATIENCE.as_secs(),
            model.queue.len()
        );
        let mut chats: Vec<_> = match chat {
            Some(chat) => vec![chat],
            None => model.chats.keys().copied().collect(),
        };
        chats.sort_unstable();
        for chat in chats.into_iter().take(3) {
            text.push_str("--- the conversation\n");
            text.push_str(&model.transcript(chat));
            text.push('\n');
        }
        text.push_str("--- the last requests\n");
        for record in model.records.iter().rev().take(12).rev() {
            text.push_str(record.method);
            text.push_str(": ");
            text.push_str(&record.result.to_string());
            text.push('\n');
        }
        Self(text)
    }
}

impl fmt::Display for WaitedTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for WaitedTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WaitedTooLong {}
