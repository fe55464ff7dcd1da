//! A load balancer as an operator would set one up: what comes goes to the machines in turn whose `/readyz` says 200.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
};
use reqwest::Client;
use tokio::net::TcpListener;

/// How long a machine may take to say whether it is ready.
const READY_WITHIN: Duration = Duration::from_secs(1);

#[derive(Clone)]
struct Balancer {
    machines: Arc<[String; 2]>,
    turn: Arc<AtomicUsize>,
    client: Client,
}

/// Balances what comes to `listener` between two machines.
pub(super) fn balances(listener: TcpListener, machines: [String; 2]) {
    let balancer = Balancer {
        machines: Arc::new(machines),
        turn: Arc::default(),
        client: Client::builder().no_proxy().build().unwrap(),
    };
    let router = Router::new().fallback(passes_on).with_state(balancer);
    tokio::spawn(async move { axum::serve(listener, router).await });
}

async fn passes_on(
    State(balancer): State<Balancer>,
    to: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let turn = balancer.turn.fetch_add(1, Ordering::Relaxed);
    for next in [turn, turn + 1] {
        let machine = &balancer.machines[next % 2];
        let ready = balancer.client.get(format!("http://{machine}/readyz"));
        let ready = ready.timeout(READY_WITHIN).send().await;
        if ready.is_ok_and(|ready| ready.status().is_success()) {
            let passed = balancer.client.post(format!("http://{machine}{to}"));
            let passed = passed.headers(headers).body(body).send().await;
            return passed.map_or(StatusCode::BAD_GATEWAY, |answer| answer.status());
        }
    }
    StatusCode::SERVICE_UNAVAILABLE
}
