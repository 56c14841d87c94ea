//! Whole meetings against a real server on loopback: TLS, WebSocket, SQLite, journal.
//!
//! Only the media server is a recorder. Nothing sleeps: tests wait for messages with a deadline
//! and move the server's clock by hand.

mod at_once;
mod bad_input;
mod certificate;
mod check;
mod client;
mod coming_back;
mod composing;
mod conduct;
mod flood;
mod front;
mod headers;
mod http_client;
mod importing;
mod live;
mod mailing;
mod media;
mod own_account;
mod places;
mod planning;
#[path = "../storage/postgres.rs"]
mod postgres;
mod reporting;
mod running;
mod signing_in;
mod stage;
mod statistics;
mod two_nodes;
mod visitors;
mod webhooks;
