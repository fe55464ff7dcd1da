//! The one door out: its order, Telegram's limits, every refusal, and what is kept when Telegram cannot take it now.

mod broken;
mod one_bad_chat;
mod order;
mod parked;
mod refused;
mod storm;
