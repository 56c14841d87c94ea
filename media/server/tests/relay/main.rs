//! The relay between processes as browsers and clients meet it: two media servers joined by a Unix
//! socket or by TLS, and a relay client as a mixer or recorder is one.
#![allow(dead_code)]

mod client;
#[path = "../meeting/common/mod.rs"]
mod common;
mod mixed;
mod processes;
mod servers;

use common::{DEADLINE, Meeting, config};
use media_control::{MediaEvent, Rid, Source};
use media_relay::{Address, Fingerprint, TlsIdentity, Trust};
use media_server::{MediaConfig, RelayConfig};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

/// A folder of its own for sockets, removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn make() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("diemcau-relay-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn socket(&self) -> PathBuf {
        self.0.join("relay.sock")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server whose relay listens on `socket` and calls `call`.
pub fn relaying(name: &str, socket: Option<PathBuf>, call: Vec<Address>) -> MediaConfig {
    let relay =
        RelayConfig { name: name.to_owned(), listen_unix: socket, listen_tls: None, call, together: 0..0 };
    MediaConfig { relay: Some(relay), ..config(1) }
}

/// Certificate and key of a node.
pub fn identity() -> TlsIdentity {
    let made = rcgen::generate_simple_self_signed(vec!["node".to_owned()]).expect("a certificate");
    TlsIdentity::new(made.cert.der().to_vec(), made.signing_key.serialize_der())
}

pub fn trust(own: &TlsIdentity, pinned: &[Fingerprint]) -> Trust {
    Trust::new(own, pinned.to_vec()).expect("a usable identity")
}

/// Lets both meetings run until `condition` holds.
pub fn until_both(
    a: &mut Meeting,
    b: &mut Meeting,
    what: &str,
    mut condition: impl FnMut(&mut Meeting, &mut Meeting) -> bool,
) {
    let deadline = Instant::now() + DEADLINE;
    while !condition(a, b) {
        a.run();
        b.run();
        assert!(Instant::now() < deadline, "waited in vain for {what}: {} | {}", told(a), told(b));
    }
}

fn told(meeting: &Meeting) -> String {
    let shown =
        meeting.events.iter().filter(|e| !matches!(e, MediaEvent::Stats { .. } | MediaEvent::Load { .. }));
    shown.map(|e| format!("{e:?}").chars().take(120).collect::<String>() + "; ").collect()
}

/// The layers of the camera of the first leg that its server was last told to be needed.
pub fn needed(meeting: &Meeting) -> Vec<Rid> {
    let last = meeting.events.iter().rev().find_map(|event| match event {
        MediaEvent::LayersNeeded { source: Source::Camera, layers, .. } => Some(layers.clone()),
        _ => None,
    });
    last.unwrap_or_default()
}
