//! The media server as browsers meet it: over loopback sockets, with other implementations of
//! ICE, DTLS and SRTP on the far side.

mod adopting;
mod common;
mod figures;
mod floods;
mod hearing;
mod hostile;
mod layers;
mod moving;
mod outside;
mod ports;
mod repair;
mod slots;
mod spread;
