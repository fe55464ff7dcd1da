//! A phone-sized browser on the page of the real `slowbloom try`, both started and ended here.

use std::{
    io::{BufRead, BufReader, Write},
    panic,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::{REQUIRE_ALL, all_required, environment};

/// How long a tap may take, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A page under test. Waiting for an element is bounded by the driver's own limit.
#[derive(Clone)]
pub(crate) struct Phone {
    browser: Client,
}

/// A process that ends with the test, however it ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Runs `test` on a fresh `slowbloom try`; without a browser on this machine says loudly that it did not.
pub(crate) async fn on_the_page<F>(test: impl FnOnce(Phone) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(driver) = find_driver() else {
        let missing = "chromedriver is not installed: the test of the chat page";
        assert!(!all_required(), "{missing} cannot run, and {REQUIRE_ALL}=1");
        // Not `eprintln!`, which a passing test swallows.
        let _ = writeln!(
            std::io::stderr(),
            "\n*** SKIPPED: {missing} did not run. ***\n"
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut slowbloom = Command::new(env!("CARGO_BIN_EXE_slowbloom"));
    slowbloom.args(["try", "--port", "0"]).env_clear();
    slowbloom.current_dir(folder.path());
    let (_slowbloom, line) = start(&mut slowbloom, "http://");
    let page = line
        .split_whitespace()
        .find(|word| word.starts_with("http://"));

    let (_driver, line) = start(Command::new(driver).arg("--port=0"), "successfully on port");
    let port: String = line.chars().filter(char::is_ascii_digit).collect();
    let profile = folder.path().join("profile");
    let browser = ClientBuilder::new(HttpConnector::new())
        .capabilities(headless(&profile.display().to_string()))
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .unwrap();
    browser.goto(page.unwrap()).await.unwrap();
    let phone = Phone {
        browser: browser.clone(),
    };
    // In a task of its own, so that the browser is closed also when the test fails.
    let outcome = tokio::spawn(test(phone)).await;
    browser.close().await.ok();
    if let Err(failed) = outcome {
        panic::resume_unwind(failed.into_panic());
    }
}

impl Phone {
    /// Taps what this CSS selector finds, as soon as it is there and can be tapped.
    pub(crate) async fn taps(&self, css: &str) {
        let tapping = async {
            loop {
                let wait = self.browser.wait().for_element(Locator::Css(css));
                // Between finding and tapping, an edit of the bot may put another button in its place.
                if let Ok(found) = wait.await
                    && found.click().await.is_ok()
                {
                    return;
                }
            }
        };
        let tapped = tokio::time::timeout(PATIENCE, tapping).await.is_ok();
        assert!(tapped, "{css} cannot be tapped; {}", self.shown().await);
    }

    /// Taps the button with this label under a message.
    pub(crate) async fn taps_button(&self, label: &str) {
        self.taps(&format!("[data-testid=button][data-label=\"{label}\"]"))
            .await;
    }

    /// Types a message and sends it.
    pub(crate) async fn types(&self, text: &str) {
        let field = self.browser.find(Locator::Css("[data-testid=text]")).await;
        field.unwrap().send_keys(text).await.unwrap();
        self.taps("[data-testid=send]").await;
    }

    /// Waits until an element of this test id shows this text.
    pub(crate) async fn sees(&self, id: &str, text: &str) {
        let xpath = format!("//*[@data-testid='{id}'][contains(normalize-space(.), \"{text}\")]");
        let wait = self.browser.wait().for_element(Locator::XPath(&xpath));
        let seen = wait.await.is_ok();
        assert!(seen, "waited for {text:?}; {}", self.shown().await);
    }

    /// Whether the page as it is now has an element of this selector.
    pub(crate) async fn has(&self, css: &str) -> bool {
        let found = self.browser.find_all(Locator::Css(css)).await.unwrap();
        !found.is_empty()
    }

    /// How much wider the page is than the window, in CSS pixels.
    pub(crate) async fn overhang(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - window.innerWidth";
        let width = self.browser.execute(script, Vec::new()).await.unwrap();
        width.as_i64().unwrap()
    }

    /// Makes the window so large inside, in CSS pixels.
    pub(crate) async fn opens_a_window_of(&self, width: u32, height: u32) {
        self.browser.set_window_size(width, height).await.unwrap();
        let [inner_width, inner_height] = self.inside().await;
        let frame = [width - inner_width, height - inner_height];
        let outer = self
            .browser
            .set_window_size(width + frame[0], height + frame[1]);
        outer.await.unwrap();
        assert_eq!(self.inside().await, [width, height]);
    }

    async fn inside(&self) -> [u32; 2] {
        let script = "return [window.innerWidth, window.innerHeight]";
        let inside = self.browser.execute(script, Vec::new()).await.unwrap();
        serde_json::from_value(inside).unwrap()
    }

    /// Whether the whole of an element can be seen without scrolling.
    pub(crate) async fn sees_all_of(&self, css: &str) -> bool {
        let script = "const box = document.querySelector(arguments[0]).getBoundingClientRect(); \
             return box.height > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= window.innerHeight \
             && box.right <= window.innerWidth";
        let seen = self.browser.execute(script, vec![json!(css)]).await;
        seen.unwrap().as_bool().unwrap()
    }

    /// Scrolls the page to its end.
    pub(crate) async fn scrolls_down(&self) {
        let script = "window.scrollTo({ top: 1e6, behavior: 'instant' })";
        self.browser.execute(script, Vec::new()).await.unwrap();
    }

    async fn shown(&self) -> String {
        let body = self.browser.find(Locator::Css("body")).await.unwrap();
        format!("the page shows:\n{}", body.text().await.unwrap())
    }
}

/// Starts a program and waits for the line of its output that contains `sign`.
fn start(command: &mut Command, sign: &str) -> (Program, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let program = Program(child);
    let mut lines = output.lines().map_while(Result::ok);
    let line = lines
        .find(|line| line.contains(sign))
        .unwrap_or_else(|| panic!("{command:?} ended without saying {sign:?}"));
    // What else it says is read and let go, so that it never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    (program, line)
}

fn headless(profile: &str) -> Capabilities {
    let options = json!({
        "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--window-size=390,844", "--force-prefers-reduced-motion", format!("--user-data-dir={profile}"),
        ],
    });
    Capabilities::from_iter([("goog:chromeOptions".to_owned(), options)])
}

fn find_driver() -> Option<PathBuf> {
    std::env::split_paths(&environment("PATH"))
        .map(|folder| folder.join("chromedriver"))
        .find(|program| program.exists())
}
