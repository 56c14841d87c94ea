//! The mixed sound from outside: packets in, frames and payloads out, on simulated time.

mod coding;
mod hall;
mod hearing;
mod hostile;
mod mixing;
mod ways;

use hall::{Hall, Microphone, power_at};
