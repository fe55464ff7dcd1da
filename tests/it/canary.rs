//! Nothing that a parent types, and nothing that tells who she is, is found in the log, the database or the key file,
//! whatever `RUST_LOG` asks for: looked for in what the real program leaves behind.

use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use slowbloom::{
    clock::Clock,
    sandbox::{Attachment, Fault, Parent, StandIn, Target},
};
use tempfile::TempDir;

/// An id whose digits and bytes turn up nowhere by chance.
const CHAT: i64 = 7_316_904_258_113;

/// A name, and words that no triage knows.
const NAME: &str = "quillonawren";
const CANARY: &str = "marzipan lighthouse";

struct Program {
    child: Child,
    folder: TempDir,
}

impl Program {
    fn start(telegram: &StandIn) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let log = fs::File::create(path("log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_slowbloom"))
            .arg("run")
            .current_dir(folder.path())
            .env_clear()
            .env("TELOXIDE_TOKEN", telegram.token())
            .env("TELOXIDE_API_URL", telegram.url())
            .env(
                "DATABASE_URL",
                format!("sqlite://{}", path("bloom.db").display()),
            )
            .env("DATA_KEY_FILE", path("bloom.key"))
            .env("RUST_LOG", "trace")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, folder }
    }

    /// Everything that it left behind, file by file.
    fn left_behind(&self) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let read = |path: std::path::PathBuf| (path.display().to_string(), fs::read(path).unwrap());
        entries.map(|entry| read(entry.unwrap().path())).collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes
        .windows(what.len())
        .any(|window| window.eq_ignore_ascii_case(what))
}

/// The program has answered, even if Telegram took the answer a second later.
async fn is_answered(telegram: &StandIn, parent: &Parent) {
    telegram.all_confirmed().await.unwrap();
    parent.next_bot_message().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_no_name_no_id_and_no_token_is_left_behind() {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let telegram = StandIn::start(Clock::system(), anywhere).await.unwrap();
    let program = Program::start(&telegram);
    let parent = telegram.parent(CHAT, NAME, "en");
    parent.says(CANARY);
    is_answered(&telegram, &parent).await;
    parent.says("/start");
    is_answered(&telegram, &parent).await;
    parent.taps("Yes, I’m 18+ and I agree").unwrap();
    is_answered(&telegram, &parent).await;
    parent.taps("Type my city").unwrap();
    is_answered(&telegram, &parent).await;
    parent.says(CANARY);
    is_answered(&telegram, &parent).await;
    parent.says(&format!("/time {CANARY}"));
    is_answered(&telegram, &parent).await;
    parent.says(&format!("I want to die {CANARY}"));
    is_answered(&telegram, &parent).await;
    parent.edits_last(&format!("{CANARY} again")).unwrap();
    is_answered(&telegram, &parent).await;
    parent.sends(Attachment::Photo(CANARY.to_owned()));
    is_answered(&telegram, &parent).await;
    parent.taps_data(1, CANARY);
    is_answered(&telegram, &parent).await;
    telegram.raw_update(
        &serde_json::json!({ "message": { "chat": { "id": CHAT }, "text": [CANARY] } }),
    );
    telegram.all_confirmed().await.unwrap();
    // Trouble makes programs talkative, and parks answers.
    telegram.fails(Target::Sending, Fault::Gateway(502), 3);
    telegram.fails(Target::All, Fault::CutBefore, 2);
    parent.says(CANARY);
    is_answered(&telegram, &parent).await;
    parent.blocks();
    telegram.all_confirmed().await.unwrap();
    let left = program.left_behind();
    let names: Vec<&str> = left
        .iter()
        .map(|(name, _)| name.rsplit('/').next().unwrap())
        .collect();
    for expected in ["log", "bloom.db", "bloom.key"] {
        assert!(names.contains(&expected), "{names:?}");
    }
    let log = &left
        .iter()
        .find(|(name, _)| name.ends_with("/log"))
        .unwrap()
        .1;
    assert!(
        holds(log, b"Slow Bloom is running"),
        "the log is written, and is read here"
    );
    let secret = telegram.token().split(':').next_back().unwrap();
    let id = CHAT.to_string();
    for (name, bytes) in &left {
        for canary in [CANARY, "marzipan", NAME, &id, secret, "I want to die"] {
            assert!(
                !holds(bytes, canary.as_bytes()),
                "{canary} stands in {name}"
            );
        }
        for form in [&CHAT.to_le_bytes()[..6], &CHAT.to_be_bytes()[2..]] {
            assert!(
                !bytes.windows(6).any(|window| window == form),
                "the id as bytes stands in {name}"
            );
        }
    }
}
