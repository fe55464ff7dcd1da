//! The chat page of `slowbloom try`: both sides of the conversation, and a clock that can be moved.
//!
//! It knows the stand-in and the clock; what it must know of the bot (the next note, the zone) comes through hooks.

mod time_travel;
mod view;

use std::{pin::Pin, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::{chat::Attachment, people::Parent, stand_in::Shared};
use crate::domain::zone::Zone;

/// The two parents whose phones the page shows: chat id and first name.
pub const PARENTS: [(i64, &str); 2] = [(1001, "Mia"), (1002, "Sam")];

/// How long the page waits for something new before it asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(25);
/// The largest request of the page, in bytes: a text of 4096 characters with room to spare.
const LARGEST_REQUEST: usize = 64 * 1024;

/// A question about a chat, answered later.
pub type Hook<T> = Arc<dyn Fn(i64) -> Pin<Box<dyn Future<Output = T> + Send>> + Send + Sync>;

/// What the page asks the running bot, by chat id.
#[derive(Clone)]
pub struct TryHooks {
    /// The parent's zone; the operator's default zone as long as she has chosen none.
    pub zone: Hook<Zone>,
    /// When her next note is due.
    pub next_note: Hook<Option<DateTime<Utc>>>,
    /// The next moment at which clocks in her zone are put forward or back.
    pub next_zone_change: Hook<Option<DateTime<Utc>>>,
}

#[derive(Clone)]
struct Page {
    shared: Shared,
    hooks: TryHooks,
}

impl Page {
    fn parent(&self, id: i64) -> Result<Parent, Trouble> {
        let known = PARENTS.iter().any(|(known, _)| *known == id);
        known
            .then(|| Parent {
                shared: self.shared.clone(),
                id,
            })
            .ok_or_else(|| Trouble(StatusCode::NOT_FOUND, "there is no such parent".to_owned()))
    }
}

/// Why the page could not do what was asked, to be shown on it.
struct Trouble(StatusCode, String);

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

pub(super) fn router(shared: Shared, hooks: TryHooks) -> Router {
    Router::new()
        .route("/", file("text/html", include_str!("index.html")))
        .route("/page.css", file("text/css", include_str!("page.css")))
        .route("/page.js", file("text/javascript", include_str!("page.js")))
        .route(
            "/bubble.js",
            file("text/javascript", include_str!("bubble.js")),
        )
        .route(
            "/clock.js",
            file("text/javascript", include_str!("clock.js")),
        )
        .route(
            "/words.js",
            file("text/javascript", include_str!("words.js")),
        )
        .route("/page/chat/{parent}", get(chat).post(deed))
        .route("/page/chat/{parent}/file/{message}", get(download))
        .route("/page/chat/{parent}/clock", get(clock))
        .route("/page/clock", post(jump))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .with_state(Page { shared, hooks })
        .layer(middleware::from_fn(only_from_here))
}

fn file(kind: &'static str, content: &'static str) -> MethodRouter<Page> {
    let kind = format!("{kind}; charset=utf-8");
    get(async move || ([(header::CONTENT_TYPE, kind)], content))
}

/// Keeps other sites out: a page elsewhere can make this browser send requests to the loopback,
/// under a name of its own (the `Host` then shows it) or across origins (the `Origin` then shows it).
async fn only_from_here(request: Request, next: Next) -> Response {
    if !is_from_here(request.headers()) {
        let why = "this page answers only to the machine it runs on".to_owned();
        return Trouble(StatusCode::FORBIDDEN, why).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let local = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    let same_origin = headers
        .get(header::ORIGIN)
        .is_none_or(|origin| origin.as_bytes() == format!("http://{host}").as_bytes());
    local && same_origin
}

#[derive(Deserialize)]
struct Since {
    /// The version that the page shows already.
    since: Option<u64>,
}

/// The chat as it stands, as soon as it is newer than what the page shows.
async fn chat(
    State(page): State<Page>,
    Path(id): Path<i64>,
    Query(Since { since }): Query<Since>,
) -> Result<Response, Trouble> {
    let parent = page.parent(id)?;
    let mut changes = page.shared.changes();
    let newer = changes.wait_for(|version| since != Some(*version));
    // Nothing new is an answer as well: the page then asks again.
    tokio::time::timeout(LONGEST_WAIT, newer).await.ok();
    let version = *page.shared.changes().borrow();
    let zone = (page.hooks.zone)(id).await;
    let view = page
        .shared
        .with(|model| view::chat(model, parent.id, version, &zone));
    Ok(Json(view).into_response())
}

/// What a parent does on the page.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Deed {
    Say { text: String },
    EditLast { text: String },
    Tap { message: i64, label: String },
    Key { label: String },
    Voice,
    Sticker,
    Photo { caption: String },
    Location { latitude: f64, longitude: f64 },
    Block,
    Unblock,
    Language { code: String },
}

async fn deed(
    State(page): State<Page>,
    Path(id): Path<i64>,
    Json(deed): Json<Deed>,
) -> Result<Response, Trouble> {
    let parent = page.parent(id)?;
    let done = match deed {
        Deed::Say { text } if text.trim().is_empty() => Ok(()),
        Deed::Say { text } => {
            parent.says(&text);
            Ok(())
        }
        Deed::EditLast { text } => parent.edits_last(&text),
        Deed::Tap { message, label } => parent.taps_on(message, &label),
        Deed::Key { label } => parent.taps(&label),
        Deed::Voice => attach(&parent, Attachment::Voice),
        Deed::Sticker => attach(&parent, Attachment::Sticker),
        Deed::Photo { caption } => attach(&parent, Attachment::Photo(caption)),
        Deed::Location {
            latitude,
            longitude,
        } => attach(
            &parent,
            Attachment::Location {
                latitude,
                longitude,
            },
        ),
        Deed::Block => {
            parent.blocks();
            Ok(())
        }
        Deed::Unblock => {
            parent.unblocks();
            Ok(())
        }
        Deed::Language { code } => {
            parent.speaks(&code);
            Ok(())
        }
    };
    done.map_err(|why| Trouble(StatusCode::CONFLICT, why.to_string()))?;
    Ok(Json(json!({})).into_response())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for every deed of the page"
)]
fn attach(parent: &Parent, attachment: Attachment) -> Result<(), super::people::NotThere> {
    parent.sends(attachment);
    Ok(())
}

async fn download(
    State(page): State<Page>,
    Path((id, message)): Path<(i64, i64)>,
) -> Result<Response, Trouble> {
    let parent = page.parent(id)?;
    let files = parent.heard().into_iter();
    let file = files
        .filter(|said| said.message_id == message)
        .find_map(|said| said.file)
        .ok_or_else(|| Trouble(StatusCode::NOT_FOUND, "there is no such file".to_owned()))?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
    ];
    Ok((headers, file.bytes).into_response())
}

async fn clock(State(page): State<Page>, Path(id): Path<i64>) -> Result<Response, Trouble> {
    page.parent(id)?;
    Ok(Json(time_travel::reading(&page, id).await).into_response())
}

#[derive(Deserialize)]
struct Jump {
    parent: i64,
    to: time_travel::Destination,
}

async fn jump(State(page): State<Page>, Json(jump): Json<Jump>) -> Result<Response, Trouble> {
    page.parent(jump.parent)?;
    time_travel::travel(&page, jump.parent, jump.to)
        .await
        .map_err(|why| Trouble(StatusCode::CONFLICT, why.to_owned()))?;
    Ok(Json(time_travel::reading(&page, jump.parent).await).into_response())
}
