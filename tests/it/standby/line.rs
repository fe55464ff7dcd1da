//! The line between a machine and its PostgreSQL server. It can break as networks do: no byte passes any more, and
//! nobody is told.

use std::net::SocketAddr;

use reqwest::Url;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, UnixStream},
    sync::watch,
};

/// A line on TCP to a server on a socket.
pub(super) struct Line {
    /// The database's address at this end of the line.
    pub(super) url: String,
    whole: watch::Sender<bool>,
}

impl Line {
    /// A whole line to the server of this URL (`postgres:///name?host=folder&user=name`).
    pub(super) async fn to(url: &str) -> Self {
        let far = Url::parse(url).unwrap();
        let said = |name| far.query_pairs().find(|(key, _)| key == name).unwrap().1;
        let socket = format!("{}/.s.PGSQL.5432", said("host"));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .unwrap();
        let here = listener.local_addr().unwrap();
        let whole = watch::Sender::new(true);
        let seen = whole.subscribe();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = UnixStream::connect(&socket).await else {
                    continue;
                };
                let (from_near, to_near) = near.into_split();
                let (from_far, to_far) = far.into_split();
                tokio::spawn(passes(from_near, to_far, seen.clone()));
                tokio::spawn(passes(from_far, to_near, seen.clone()));
            }
        });
        Self {
            url: format!("postgres://{}@{here}{}", said("user"), far.path()),
            whole,
        }
    }

    /// From now on nothing passes, nor does an end.
    pub(super) fn breaks(&self) {
        self.whole.send_replace(false);
    }

    /// What was held up passes now.
    pub(super) fn is_mended(&self) {
        self.whole.send_replace(true);
    }
}

async fn passes(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut whole: watch::Receiver<bool>,
) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await.unwrap_or(0);
        if whole.wait_for(|whole| *whole).await.is_err() {
            return;
        }
        if read == 0 || to.write_all(&bytes[..read]).await.is_err() {
            // An end that was there already.
            let _ = to.shutdown().await;
            return;
        }
    }
}
