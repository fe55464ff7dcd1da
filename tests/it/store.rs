//! The store keeps its word on both engines: one suite, run on SQLite and on PostgreSQL.

mod bench;
mod engines;
mod files;
mod leading;
mod many;
mod one_file;
mod parked;
mod queue;
mod rows;

/// Runs each of the named functions as a test on SQLite and as a test on PostgreSQL.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::store::bench::Bench::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(bench) = crate::store::bench::Bench::postgres().await {
                    super::$name(&bench).await;
                }
            })+
        }
    };
}
use on_both_engines;
