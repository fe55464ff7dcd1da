//! A few canned answers over real HTTP, for this room's own tests. The model with a memory is the sandbox.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Telegram;

pub(super) const TOKEN: &str = "123456:canary-token";

/// What the fake says.
pub(super) enum Says {
    /// A result.
    Result(Value),
    /// A refusal with code and description.
    Refusal(u16, &'static str),
    /// 429 with its parameter in seconds.
    Wait(u64),
    /// Anything at all.
    Raw(u16, &'static str),
    /// Half an answer, then the connection breaks.
    BreaksOff,
    /// Nothing, for ever.
    Hangs,
}

/// One request as it arrived: method and payload.
pub(super) type Request = (String, Value);

/// A server that answers by a function of the request, and remembers what it was asked.
pub(super) struct Fake {
    pub(super) telegram: Telegram,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    pub(super) async fn start(says: impl Fn(&str, &Value) -> Says + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let says = Arc::new(says);
        let seen = requests.clone();
        let answer = move |Path((token, method)): Path<(String, String)>, body: Bytes| async move {
            assert_eq!(token, format!("bot{TOKEN}"));
            let body: Value = serde_json::from_slice(&body).unwrap();
            let said = says(&method, &body);
            seen.lock().unwrap().push((method, body));
            respond(said).await
        };
        let app = Router::new().route("/{token}/{method}", axum::routing::post(answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            telegram: Telegram::new(&address, SecretString::from(TOKEN), None).unwrap(),
            requests,
        }
    }

    /// The payloads of one method so far.
    pub(super) fn asked(&self, method: &str) -> Vec<Value> {
        let requests = self.requests.lock().unwrap();
        let of_method = requests.iter().filter(|(name, _)| name == method);
        of_method.map(|(_, body)| body.clone()).collect()
    }
}

async fn respond(said: Says) -> Response {
    let (status, body) = match said {
        Says::Result(result) => (200, json!({"ok": true, "result": result})),
        Says::Refusal(code, description) => (
            code,
            json!({"ok": false, "error_code": code, "description": description}),
        ),
        Says::Wait(seconds) => (
            429,
            json!({"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": seconds}}),
        ),
        Says::Raw(status, body) => {
            return (StatusCode::from_u16(status).unwrap(), body).into_response();
        }
        Says::BreaksOff => {
            let parts = [Ok("{\"ok\":tr"), Err(std::io::Error::other("cut"))];
            return Body::from_stream(futures_util::stream::iter(parts)).into_response();
        }
        Says::Hangs => std::future::pending().await,
    };
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}
