//! The watchdog of the real program: what hangs is said and ends it, and a Telegram that is only slow or away does not.
//!
//! What makes it hang from outside is what can on a real machine: a log that nobody reads any more, so that whoever
//! writes the next line waits for ever; and a messages folder on a disk that does not answer, here a pipe. These tests
//! wait as long as the program does: `./test` runs them, and `cargo test --test it -- --ignored`.

use std::{
    io::{BufRead as _, BufReader, PipeReader, Read as _, Write as _, pipe},
    os::unix::net::UnixDatagram,
    process::Command,
    sync::mpsc,
    time::Duration,
};

use slowbloom::{
    domain::{Subscriber, subscriber::Slot},
    sandbox::{CallRecord, CallResult, Fault, Target},
    store::{Keys, Store},
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::support::{program::Program, seeding::subscriber};

/// A poller may stand still for 40 s, the rest for 30 s; then it takes 15 s to the end. Some more for a busy machine.
const SAID_WITHIN: Duration = Duration::from_secs(50);
const ENDED_WITHIN: Duration = Duration::from_secs(25);
/// Longer than a poller that hung would live.
const LONGER_THAN_HANGING: Duration = Duration::from_secs(58);
/// Longer than a note that could not be sent waits for its next try.
const TRIED_AGAIN_WITHIN: Duration = Duration::from_secs(50);
/// How often is looked.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// Standard error of a program, until nobody reads it any more.
struct Log {
    reader: BufReader<PipeReader>,
    full: std::io::PipeWriter,
}

impl Log {
    /// Starts the program, and reads its log until it says the last thing that it says at a first start.
    fn of(program: &mut Program) -> Self {
        let (reader, writer) = pipe().unwrap();
        program.starts_and_logs_to(writer.try_clone().unwrap());
        let mut log = Self {
            reader: BufReader::new(reader),
            full: writer,
        };
        let mut line = String::new();
        while !line.contains("zone rules of this program") {
            line.clear();
            assert!(log.reader.read_line(&mut line).unwrap() > 0);
        }
        log
    }

    /// From now on nobody reads it: it is full, and stays full.
    fn stays_unread(self) -> PipeReader {
        let mut full = self.full;
        let (filled, is_full) = mpsc::channel();
        std::thread::spawn(move || {
            // A pipe takes 64 KiB; what is left of this goes in when it is read again.
            for _ in 0..15 {
                full.write_all(&[b'.'; 4096]).unwrap();
            }
            filled.send(()).unwrap();
            full.write_all(&[b'.'; 8192]).unwrap();
        });
        is_full.recv().unwrap();
        self.reader.into_inner()
    }
}

/// What is at the other end of the pipe, all of it, as soon as the program has ended.
fn last_words(mut log: PipeReader) -> String {
    let mut bytes = Vec::new();
    log.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).replace("....", "");
    text.trim_matches('.').to_owned()
}

async fn store(program: &Program) -> Store {
    let keys = Keys::load_or_create(&program.key_file()).unwrap();
    Store::open(&program.database(), keys).await.unwrap()
}

/// A row whose note is due so much later than now.
fn due_in(program: &Program, id: i64, seconds: u64) -> Subscriber {
    let mut row = subscriber(id, program.clock.now());
    let due = program.clock.now() + Duration::from_secs(seconds);
    let wall = row.zone.wall(due);
    row.next = Some(Slot { due, wall });
    row
}

/// A row that is due, and that the courier cannot read: it says so, and that is where it hangs.
async fn a_row_that_cannot_be_read(program: &Program, store: &Store) {
    store.insert(&due_in(program, 66, 0)).await.unwrap();
    let mut database = sqlx::SqlitePool::connect(&program.database())
        .await
        .unwrap()
        .acquire()
        .await
        .unwrap();
    sqlx::query("UPDATE subscribers SET zone = 'Mars/Olympus' WHERE due_at <= unixepoch()")
        .execute(&mut *database)
        .await
        .unwrap();
}

/// Has the program report here in place of systemd; everything that it tells.
fn supervisor(program: &mut Program) -> mpsc::Receiver<String> {
    let path = program.folder().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    program.set("NOTIFY_SOCKET", path.to_str().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok(read) = socket.recv(&mut buffer) {
            if tell
                .send(String::from_utf8_lossy(&buffer[..read]).into_owned())
                .is_err()
            {
                return;
            }
        }
    });
    told
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_courier_that_hangs_is_said_and_ends_the_process_and_nothing_is_lost() {
    let mut program = Program::new().await;
    program.listens();
    program.set("TOKIO_WORKER_THREADS", "4");
    let systemd = supervisor(&mut program);
    let store = store(&program).await;
    let log = Log::of(&mut program);
    program
        .until_it_answers("/healthz", "well", SAID_WITHIN)
        .await;
    let nobody_reads = log.stays_unread();
    let hung = program.clock.instant();
    a_row_that_cannot_be_read(&program, &store).await;
    sleep(Duration::from_secs(6)).await;
    let waiting = program.telegram.parent(7, "mia", "en");
    waiting.wrote_before();
    store.insert(&due_in(&program, 7, 1)).await.unwrap();
    let mia = program.telegram.parent(8, "mia", "en");
    mia.says("I want to die");
    // Others may stand still with it.
    let line = program
        .until_it_answers(
            "/healthz",
            "the courier hangs: it has not looked for due notes for 3",
            SAID_WITHIN,
        )
        .await;
    println!(
        "said {:?} after it hung: {line}",
        program.clock.instant() - hung
    );
    let told: String = systemd.try_iter().collect();
    assert!(told.contains("WATCHDOG=1"), "it lived until now: {told}");
    program
        .until_it_answers("/healthz", "ending", ENDED_WITHIN)
        .await;
    let told: String = systemd.try_iter().collect();
    assert!(!told.contains("WATCHDOG=1"), "{told}");
    let said = tokio::task::spawn_blocking(|| last_words(nobody_reads));
    assert_eq!(program.ends().await.code(), Some(1));
    println!("ended {:?} after it hung", program.clock.instant() - hung);
    let said = said.await.unwrap();
    let sentence = said
        .lines()
        .find(|line| line.contains("slowbloom: the courier hangs: "));
    assert!(
        sentence.is_some_and(|line| line.ends_with("; ending, to be started again")),
        "{said}"
    );
    assert!(waiting.heard().is_empty());

    program.starts();
    waiting.next_bot_message().await.unwrap();
    program
        .until_it_answers("/healthz", "well", SAID_WITHIN)
        .await;
    program.telegram.all_confirmed().await.unwrap();
    program.is_told_to_stop().await;
    assert_eq!(waiting.heard().len(), 1);
    // Once, or twice if what she said was on its way when the process ended.
    assert!((1..=2).contains(&mia.heard().len()));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_poller_that_hangs_is_said_and_ends_the_process_and_nothing_is_lost() {
    let mut program = Program::new().await;
    program.listens();
    let log = Log::of(&mut program);
    program
        .until_it_answers("/healthz", "well", SAID_WITHIN)
        .await;
    let nobody_reads = log.stays_unread();
    let hung = program.clock.instant();
    program
        .telegram
        .fails(Target::Method("getUpdates"), Fault::Gateway(502), 1);
    // It ends the poll that is under way.
    let first = program.telegram.parent(9, "mia", "en");
    first.says("/signs");
    let failed = |calls: &[CallRecord]| {
        let mut polls = calls.iter().filter(|call| call.method == "getUpdates");
        polls.any(|poll| matches!(poll.result, CallResult::Faulted(_)))
    };
    program
        .telegram
        .until_calls("a poll fails", failed)
        .await
        .unwrap();
    let mia = program.telegram.parent(8, "mia", "en");
    mia.says("I want to die");
    let line = program
        .until_it_answers("/healthz", "hangs", SAID_WITHIN)
        .await;
    println!(
        "said {:?} after it hung: {line}",
        program.clock.instant() - hung
    );
    assert!(
        line.starts_with("the poller hangs: it has not asked Telegram for 4"),
        "{line}"
    );
    program
        .until_it_answers("/healthz", "ending", ENDED_WITHIN)
        .await;
    let said = tokio::task::spawn_blocking(|| last_words(nobody_reads));
    assert_eq!(program.ends().await.code(), Some(1));
    println!("ended {:?} after it hung", program.clock.instant() - hung);
    assert!(said.await.unwrap().contains("slowbloom: the poller hangs"));
    assert!(mia.heard().is_empty());

    program.starts();
    assert!(mia.next_bot_message().await.unwrap().text.contains("988"));
    program.telegram.all_confirmed().await.unwrap();
}

/// With one thread for everything, as on the smallest machines, whoever hangs stops all.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_program_of_which_everything_hangs_ends_all_the_same() {
    let mut program = Program::new().await;
    program.listens();
    program.set("TOKIO_WORKER_THREADS", "1");
    let messages = program.folder().join("messages");
    let original = concat!(env!("CARGO_MANIFEST_DIR"), "/messages");
    let copied = Command::new("cp")
        .args(["-r", original])
        .arg(&messages)
        .status();
    assert!(copied.unwrap().success());
    program.starts();
    program
        .until_it_answers("/readyz", "leading", SAID_WITHIN)
        .await;
    let pipe = program.folder().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    std::fs::rename(pipe, messages.join("en/notes.toml")).unwrap();
    let hung = program.clock.instant();
    assert_eq!(program.ends().await.code(), Some(1));
    println!("ended {:?} after it hung", program.clock.instant() - hung);
    let log = program.log();
    let last = log.lines().last().unwrap();
    assert!(
        last.starts_with("slowbloom: the ") && last.ends_with(" s; ending, to be started again"),
        "{log}"
    );
    assert!(last.contains(" hangs: "), "{log}");
}

/// Lives on and is well for longer than anything that hangs would, and then goes on as if nothing had been.
async fn lives_through(program: &mut Program, store: &Store) {
    let waiting = program.telegram.parent(7, "mia", "en");
    waiting.wrote_before();
    store.insert(&due_in(program, 7, 1)).await.unwrap();
    let mia = program.telegram.parent(8, "mia", "en");
    mia.says("/signs");
    let end = Instant::now() + LONGER_THAN_HANGING;
    while Instant::now() < end {
        if let Some(answer) = program.asked("/healthz").await {
            assert_eq!(answer, (true, "well".to_owned()), "{}", program.log());
        }
        assert!(program.runs(), "{}", program.log());
        sleep(ASK_EVERY).await;
    }
    program.telegram.recovers();
    let end = Instant::now() + TRIED_AGAIN_WITHIN;
    while mia.heard().is_empty() || waiting.heard().is_empty() {
        assert!(Instant::now() < end, "{}", program.log());
        sleep(ASK_EVERY).await;
    }
    program.telegram.all_confirmed().await.unwrap();
    assert!(program.is_told_to_stop().await.0.success());
}

/// Polls that are held for ever, that drip for ever, a storm of 429, and a Telegram that is away: side by side, as each
/// takes a minute.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_telegram_that_is_slow_or_away_does_not_end_it() {
    let polls = Target::Method("getUpdates");
    let mut trials = JoinSet::new();
    for (target, fault) in [
        (polls, Fault::Hang),
        (polls, Fault::Drip(Duration::from_secs(5))),
        (Target::All, Fault::TooMany(2)),
        (Target::All, Fault::Gateway(502)),
    ] {
        trials.spawn(async move {
            let mut program = Program::new().await;
            program.listens();
            let store = store(&program).await;
            program.starts();
            program
                .until_it_answers("/readyz", "leading", SAID_WITHIN)
                .await;
            program.telegram.keeps_failing(target, fault);
            lives_through(&mut program, &store).await;
        });
    }
    while let Some(trial) = trials.join_next().await {
        trial.unwrap();
    }
}
