//! The small HTTP server: is it well, is it ready, its numbers, and Telegram's webhook.
//!
//! Knows no other room. Who is well, who leads and what an update means is told to it as functions; it keeps the
//! limits, so that nobody who can reach it can slow down the rest. Says and logs nothing about persons.

use std::{
    convert::Infallible,
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header},
};
use futures_util::future::BoxFuture;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// The header in which Telegram proves itself (core.telegram.org/bots/api#setwebhook).
const SECRET: &str = "x-telegram-bot-api-secret-token";
/// The largest body that is read, in bytes. The longest message, every character escaped, stays below 100 KB.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// How long a sender may take for the head of a request, and how long a connection may be idle.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// How long a sender may take for the body.
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// How long an update may be worked on before Telegram is asked to send it again; Telegram itself waits a minute.
const WORK_WITHIN: Duration = Duration::from_secs(50);
/// The most connections at once; more wait to be let in. Telegram opens 40 (`max_connections`).
const MOST_CONNECTIONS: usize = 256;
/// The most updates that are read or worked on at once; more wait unread.
const MOST_UPDATES: usize = 100;
/// The most that is kept of a head that goes on and on, in bytes.
const LARGEST_HEAD: usize = 32 * 1024;
/// How long whoever has our address may take to show that it is one of us.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);
/// The pause after the system could not give a connection (no file handles left).
const PAUSE: Duration = Duration::from_millis(200);

/// Good or bad, in one line of plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// 200 or 503.
    pub good: bool,
    /// Why.
    pub line: String,
}

/// What is answered.
#[derive(Clone)]
pub struct Answers {
    /// Whether the process is well: a supervisor restarts it when it is not.
    pub health: Arc<dyn Fn() -> Report + Send + Sync>,
    /// Whether requests should be sent here: a load balancer asks.
    pub readiness: Arc<dyn Fn() -> Report + Send + Sync>,
    /// The numbers, in Prometheus's text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Where updates come in, if they do.
    pub hook: Option<Hook>,
}

/// Where updates come in.
#[derive(Clone)]
pub struct Hook {
    /// The path of the webhook's address.
    pub path: String,
    /// What the sender must know.
    pub secret: SecretString,
    /// What is done with a body.
    pub take: Arc<dyn Fn(Bytes) -> BoxFuture<'static, Taken> + Send + Sync>,
}

/// What became of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is done with: Telegram may forget it.
    Done,
    /// Not yet, or not here: Telegram shall send it again.
    Later,
}

/// How long whoever ends the server waits until its address is free again.
const ENDED_WITHIN: Duration = Duration::from_secs(1);

/// Takes the address, so that a wrong one is noticed at the start.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AddrInUse => {
                "another program listens there; end it, or choose another port".to_owned()
            }
            ErrorKind::AddrNotAvailable => {
                "this machine has no such address; 127.0.0.1 and 0.0.0.0 always are".to_owned()
            }
            ErrorKind::PermissionDenied => "this user may not; choose a port above 1023".to_owned(),
            _ => error.to_string(),
        };
        anyhow!("HTTP_LISTEN: cannot listen at {address}: {why}")
    })
}

/// Whether it is a slowbloom that answers there.
pub async fn is_ours(address: SocketAddr) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await?;
        let mut answer = Vec::new();
        stream
            .take(LARGEST_BODY as u64)
            .read_to_end(&mut answer)
            .await?;
        io::Result::Ok(String::from_utf8_lossy(&answer).contains("slowbloom_"))
    };
    timeout(ANSWERED_WITHIN, asked)
        .await
        .is_ok_and(|answer| answer.unwrap_or(false))
}

/// A server that answers until it is dropped.
#[derive(Debug)]
pub struct Serving {
    stop: CancellationToken,
    ended: mpsc::Receiver<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.cancel();
        // Nothing is ever sent: the thread's end is what is waited for.
        let _ = self.ended.recv_timeout(ENDED_WITHIN);
    }
}

/// Answers, from a thread of its own: whatever hangs in the rest of the program, it can still be asked how it is.
pub fn serve(listener: TcpListener, answers: Answers) -> anyhow::Result<Serving> {
    let listener = listener.into_std().context("HTTP_LISTEN")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the thread that answers over HTTP")?;
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let (ends, ended) = mpsc::channel::<()>();
    thread::Builder::new()
        .name("web".to_owned())
        .spawn(move || {
            let _ends = ends;
            runtime.block_on(async {
                if let Ok(listener) = TcpListener::from_std(listener) {
                    let _ = stopped.run_until_cancelled(accept(listener, answers)).await;
                }
            });
        })
        .context("cannot start the thread that answers over HTTP")?;
    Ok(Serving { stop, ended })
}

async fn accept(listener: TcpListener, answers: Answers) {
    let server = Arc::new(Server {
        answers,
        updates: Semaphore::new(MOST_UPDATES),
    });
    let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(seat) = connections.clone().acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let server = server.clone();
        tokio::spawn(async move {
            server.converse(stream).await;
            drop(seat);
        });
    }
}

struct Server {
    answers: Answers,
    updates: Semaphore,
}

impl Server {
    async fn converse(self: Arc<Self>, stream: TcpStream) {
        let answer = |request| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(LARGEST_HEAD);
        // A connection that breaks is its sender's affair; an error could quote what was sent.
        let _ = http
            .serve_connection(TokioIo::new(stream), service_fn(answer))
            .await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path();
        if let Some(hook) = self.answers.hook.as_ref().filter(|hook| hook.path == path) {
            return match *request.method() {
                Method::POST => self.update(hook, request).await,
                _ => plain(StatusCode::METHOD_NOT_ALLOWED, "POST only"),
            };
        }
        if !["/healthz", "/readyz", "/metrics"].contains(&path) {
            return plain(StatusCode::NOT_FOUND, "nothing is here");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "GET only");
        }
        let report = match path {
            "/healthz" => (self.answers.health)(),
            "/readyz" => (self.answers.readiness)(),
            _ => return plain(StatusCode::OK, (self.answers.metrics)().trim_end()),
        };
        let status = if report.good {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        plain(status, &report.line)
    }

    /// 200 comes last: when the update is done with. Whoever does not know the secret costs nothing but this look.
    async fn update(&self, hook: &Hook, request: Request<Incoming>) -> Response<Body> {
        if !knows(&hook.secret, request.headers()) {
            return plain(StatusCode::UNAUTHORIZED, "who is this?");
        }
        if announced(request.headers()).is_some_and(|length| length > LARGEST_BODY) {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "too much");
        }
        let Ok(_seat) = self.updates.acquire().await else {
            return later();
        };
        let read = to_bytes(Body::new(request.into_body()), LARGEST_BODY);
        let body = match timeout(BODY_WITHIN, read).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return plain(StatusCode::PAYLOAD_TOO_LARGE, "too much, or broken off"),
            Err(_) => return plain(StatusCode::REQUEST_TIMEOUT, "too slow"),
        };
        match timeout(WORK_WITHIN, (hook.take)(body)).await {
            Ok(Taken::Done) => plain(StatusCode::OK, "done"),
            Ok(Taken::Later) | Err(_) => later(),
        }
    }
}

/// Whether the sender knows the secret; how long that takes to find out says nothing about it.
fn knows(secret: &SecretString, headers: &HeaderMap) -> bool {
    let said = headers.get(SECRET).map(HeaderValue::as_bytes);
    let said = said.unwrap_or_default();
    said.ct_eq(secret.expose_secret().as_bytes()).into()
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

fn later() -> Response<Body> {
    plain(StatusCode::SERVICE_UNAVAILABLE, "later, please")
}

fn plain(status: StatusCode, line: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{line}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
