//! The rules of a meeting, told as little scripts; see `script` for the language.

mod closing;
mod door;
mod floor;
mod presence;
mod script;
mod sending;
mod visibility;
