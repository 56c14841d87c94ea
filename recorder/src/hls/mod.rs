//! The files that players fetch: segments, and playlists that name the newest of them (RFC 8216).
//!
//! Written by `outlet` while a meeting goes out, swept by `process`.

mod folder;
mod window;

pub use folder::{Folder, sweep};
pub use window::{Segment, Track};
