//! Slow Bloom: a Telegram companion for parents whose bond with their baby is slow to come.
//!
//! Two journeys, one door out, a pure core, and all input and output at the rim.
//! `ARCHITECTURE.md` is the map; this is its short form, from the ground up.
//!
//! Pure: [`domain`] · [`content`], [`triage`] · [`conversation`].
//! The rim: [`clock`], [`config`], [`locate`], [`store`], [`telegram`], [`web`].
//! The journeys: [`inbound`], [`courier`].
//! The program: [`app`], [`cli`], and [`sandbox`], the stand-in for Telegram that `try` and the tests talk to.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod conversation;
pub mod courier;
pub mod domain;
pub mod inbound;
pub mod locate;
pub mod sandbox;
pub mod store;
pub mod telegram;
pub mod triage;
pub mod web;
