//! The recorder process beside a real media server: a composed picture and its sound go in by the relay, as the
//! mixer brings them, and what comes out is read by programs of others.

mod files;
mod others;
mod stage;
