//! What systemd is told: the real program, and a socket in place of systemd's.

use std::{os::unix::net::UnixDatagram, time::Duration};

use crate::support::program::Program;

/// Longer than two signs of life.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until this is among what the program tells; returns everything up to then.
fn told(socket: &UnixDatagram, word: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut buffer = [0; 512];
    while !all.iter().any(|line| line == word) {
        let read = socket
            .recv(&mut buffer)
            .unwrap_or_else(|error| panic!("{word}: {error}; {all:?}"));
        let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
        all.extend(text.lines().map(str::to_owned));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_told_when_it_is_up_that_it_lives_and_that_it_stops() {
    let mut program = Program::new().await;
    let path = program.folder().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    program.set("NOTIFY_SOCKET", path.to_str().unwrap());
    program.starts();
    told(&socket, "READY=1");
    told(&socket, "WATCHDOG=1");
    told(&socket, "STATUS=leading");
    program.gets("TERM");
    told(&socket, "STOPPING=1");
    assert!(program.ends().await.success());
}
