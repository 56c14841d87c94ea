//! Packets of a composed picture and its sound, as the relay brings them, to what a pipeline takes.
//!
//! Used by `live`. Pure but for the decoder of the sound; time is a parameter. The relay keeps the order and may
//! leave packets out.

mod pictures;
mod sound;
mod timeline;

pub use pictures::{Picture, Pictures, parameter_sets};
pub use sound::{CHANNELS, SAMPLE_RATE, Sound};
