//! The HTTP side: `/bot<token>/<method>`, faults, and the long poll.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{ConnectInfo, FromRequest, Multipart, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

use super::{
    calls::{self, Params},
    chat::File,
    faults::Fault,
    methods::{self, Done},
    record::CallResult,
    refusal::Refusal,
    stand_in::{Shared, TOKEN},
    wire::Line,
};
use crate::clock::Clock;

/// The largest request body (Telegram takes 50 MB files; nothing here is near it), in bytes.
pub(super) const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// The longest wait of a poll (observed at Telegram's servers), in seconds.
const LONGEST_POLL: i64 = 50;

/// What a call gives back: built here, or updates as they were queued.
enum Answer {
    Done(Done),
    Updates(Vec<Box<RawValue>>),
}

#[derive(Serialize)]
struct Success<T> {
    ok: bool,
    result: T,
}

/// Answers every request to the Bot API.
pub(super) async fn bot_api(
    State(shared): State<Shared>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    // A page of another site must not steer the stand-in through the browser; a bot sends no origin.
    if request.headers().contains_key(header::ORIGIN) {
        return refused(&Refusal::not_found());
    }
    let Some((token, name)) = path
        .strip_prefix("/bot")
        .and_then(|rest| rest.split_once('/'))
    else {
        return refused(&Refusal::not_found());
    };
    if token != TOKEN {
        return refused(&Refusal::unauthorized());
    }
    let Some(method) = calls::method(name) else {
        return refused(&Refusal::not_found());
    };
    let params = match read_params(request).await {
        Ok(params) => params,
        Err(refusal) => return refused(&refusal),
    };
    let mut response = call(&shared, &line, method, params).await;
    // Without this the server itself puts the machine's time there.
    let date = Clock::system().now() + shared.with(|model| model.ahead);
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = date.parse() {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn call(shared: &Shared, line: &Line, method: &'static str, params: Params) -> Response {
    let chat = params.chat();
    let at = shared.moment();
    let (record, fault) = shared.with(|model| {
        (
            model.open_record(method, (chat, params.number("offset")), at),
            model.faults.draw(method, chat),
        )
    });
    let close = |result| shared.change(|model| model.close_record(record, result));
    if let Some(fault) = fault
        && let Some(response) = stopped_by(fault, line).await
    {
        close(CallResult::Faulted(fault));
        return response;
    }
    match carry_out(shared, method, &params).await {
        Err(refusal) => {
            close(CallResult::Refused(
                refusal.code,
                refusal.description.clone(),
            ));
            refused(&refusal)
        }
        Ok(answer) => {
            let message = match &answer {
                Answer::Done(done) => done.message,
                Answer::Updates(_) => None,
            };
            let Some(fault) = fault else {
                close(CallResult::Accepted(message));
                return answered(answer);
            };
            close(CallResult::Spoiled(fault, message));
            spoiled_by(fault, line, answer).await
        }
    }
}

async fn carry_out(
    shared: &Shared,
    method: &'static str,
    params: &Params,
) -> Result<Answer, Refusal> {
    if method == "getUpdates" {
        return poll(shared, params).await.map(Answer::Updates);
    }
    // Read and checked before the lock is taken: parsing is most of the work.
    let wording = methods::wording(method, params)?;
    let at = shared.moment();
    shared
        .change(|model| methods::perform(model, method, params, wording, at))
        .map(Answer::Done)
}

async fn poll(shared: &Shared, params: &Params) -> Result<Vec<Box<RawValue>>, Refusal> {
    let offset = params.number("offset").unwrap_or_default();
    let limit = usize::try_from(params.number("limit").unwrap_or(100)).unwrap_or(1);
    let wait = params.number("timeout").unwrap_or_default();
    let wait = Duration::from_secs(wait.clamp(0, LONGEST_POLL).unsigned_abs());
    let until = shared.moment().instant + wait;
    let allowed = params.texts("allowed_updates")?;
    let poll = shared.change(|model| model.queue.begin_poll(offset, allowed))?;
    let mut changes = shared.changes();
    loop {
        let batch = shared.with(|model| model.queue.batch(poll, limit))?;
        if !batch.is_empty() || shared.moment().instant >= until {
            return Ok(batch);
        }
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep_until(until) => {}
        }
    }
}

async fn read_params(request: Request) -> Result<Params, Refusal> {
    let query = request.uri().query().map(str::to_owned);
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let unreadable = || Refusal::bad_request("can't read the request");
    let mut params = if kind.starts_with("multipart/form-data") {
        read_form(request).await.map_err(|_| unreadable())?
    } else {
        let body = axum::body::to_bytes(request.into_body(), LARGEST_BODY)
            .await
            .map_err(|_| unreadable())?;
        if kind.starts_with("application/json") || body.is_empty() {
            Params::from_json(&body)?
        } else {
            let text = String::from_utf8(body.to_vec()).map_err(|_| unreadable())?;
            let mut params = Params::default();
            read_pairs(&mut params, &text);
            params
        }
    };
    if let Some(query) = query {
        read_pairs(&mut params, &query);
    }
    Ok(params)
}

fn read_pairs(params: &mut Params, text: &str) {
    // A URL is parsed by the library that knows how; only its query is of interest.
    if let Ok(url) = reqwest::Url::parse(&format!("http://localhost/?{text}")) {
        for (name, value) in url.query_pairs() {
            params.set(name.into_owned(), Value::String(value.into_owned()));
        }
    }
}

async fn read_form(request: Request) -> anyhow::Result<Params> {
    let mut form = Multipart::from_request(request, &()).await?;
    let mut params = Params::default();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file) = field.file_name().map(str::to_owned) {
            let bytes = field.bytes().await?.to_vec();
            params.attach(name, File { name: file, bytes });
        } else {
            let text = String::from_utf8(field.bytes().await?.to_vec())?;
            params.set(name, Value::String(text));
        }
    }
    Ok(params)
}

/// The answer of a fault that keeps a request from being carried out; `None` for those that only spoil the answer.
async fn stopped_by(fault: Fault, line: &Line) -> Option<Response> {
    let response = match fault {
        Fault::TooMany(seconds) => refused(&Refusal::too_many(seconds)),
        Fault::Gateway(code) => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY);
            let body = format!(
                "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
            );
            (status, [(header::CONTENT_TYPE, "text/html")], body).into_response()
        }
        Fault::CutBefore => {
            line.cut();
            StatusCode::OK.into_response()
        }
        Fault::Hang => std::future::pending().await,
        Fault::Conflict => refused(&Refusal::conflict(
            "terminated by other getUpdates request; make sure that only one bot instance is running",
        )),
        Fault::Unauthorized => refused(&Refusal::unauthorized()),
        Fault::Blocked => refused(&Refusal::forbidden("bot was blocked by the user")),
        Fault::Deactivated => refused(&Refusal::forbidden("user is deactivated")),
        Fault::Refused(why) => refused(&Refusal::bad_request(why)),
        Fault::CutAfter | Fault::Drip(_) | Fault::Garbage => return None,
    };
    Some(response)
}

async fn spoiled_by(fault: Fault, line: &Line, answer: Answer) -> Response {
    match fault {
        Fault::CutAfter => {
            line.cut();
            StatusCode::OK.into_response()
        }
        Fault::Garbage => "\u{1}\u{2} this is no JSON {{{".into_response(),
        Fault::Drip(pause) => drip(answered(answer), pause).await,
        _ => answered(answer),
    }
}

async fn drip(response: Response, pause: Duration) -> Response {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    let bytes = stream::unfold(bytes, move |mut rest: Bytes| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let first = rest.split_to(1);
        Some((Ok::<_, Infallible>(first), rest))
    });
    Response::from_parts(parts, Body::from_stream(bytes))
}

fn answered(answer: Answer) -> Response {
    match answer {
        Answer::Done(Done { result, .. }) => Json(Success { ok: true, result }).into_response(),
        Answer::Updates(result) => Json(Success { ok: true, result }).into_response(),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(refusal.body())).into_response()
}
