//! Composed pictures: who sits where, the words on them, what decodes and encodes them. Mixed sound.
//!
//! The mixer process is built on it. Decides about pictures and sound alone: it has no clock, no thread and no socket,
//! and knows neither conference nor relay. Links FFmpeg and x264, so only the executables that ADR 0026
//! names may use it.

pub mod caption;
pub mod codec;
pub mod compose;
pub mod error;
#[doc(hidden)]
pub mod fuzz;
pub mod layout;
pub mod picture;
pub mod programme;
pub mod seating;
pub mod share;
pub mod sound;
