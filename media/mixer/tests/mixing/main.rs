//! The mixer program as its supervisor and a media server meet it: pictures in, composed pictures out, whatever
//! sources do; killed and started again; locked in.

mod composing;
mod hall;
mod hostile;
mod locked;
mod microphones;
mod voices;
