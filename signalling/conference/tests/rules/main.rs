//! The rules of a meeting, told as little scripts; see `script` for the language.

mod agenda;
mod closing;
mod door;
mod floor;
mod live;
mod meeting;
mod presence;
mod roll_call;
mod script;
mod sending;
mod stage;
mod visibility;
