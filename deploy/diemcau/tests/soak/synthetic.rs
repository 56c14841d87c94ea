//! The synthetic browser of the media server's own tests (own ICE checks, rtc-dtls as client,
//! webrtc-srtp) and the HTTPS client of the signalling server's, here against the whole program.

#![allow(dead_code, reason = "each suite uses its own part of these clients")]

#[path = "../../../../media/server/tests/meeting/common/answer.rs"]
pub mod answer;
#[path = "../../../../media/server/tests/meeting/common/browser.rs"]
pub mod browser;
#[path = "../../../../signalling/server/tests/meeting/http_client.rs"]
pub mod http_client;
#[path = "../../../../media/server/tests/meeting/common/link.rs"]
pub mod link;
#[path = "../../../../media/server/tests/meeting/common/media.rs"]
pub mod media;
