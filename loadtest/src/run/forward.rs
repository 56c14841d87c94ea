//! One sender, many receivers: what forwarding a packet costs a server, and how long it takes.
//!
//! A scenario that is made here instead of read from a file. Called by the program, and by the server's
//! own search for what a machine carries.

pub use super::engine::{Outcome, SATURATED, Sample};

use super::engine::play;
use crate::client::{Codec, Profile, Setting};
use crate::error::Failure;
use crate::material::Stock;
use crate::peer::{Launch, Wish};
use crate::scenario::{Group, Script, Sends};
use std::sync::Arc;
use std::time::Duration;

/// Height of the one picture.
const HEIGHT_PX: u16 = 720;

/// What is asked for.
#[derive(Clone)]
pub struct Wanted {
    pub receivers: usize,
    pub length: Duration,
    pub profile: Profile,
    pub codec: Codec,
    pub stock: Arc<Stock>,
    /// Core of the clients.
    pub core: usize,
}

impl Wanted {
    /// The same as a scenario.
    #[must_use]
    pub fn script(&self) -> Script {
        let group = |name: &str, count, sends, watches| Group {
            name: name.to_owned(),
            counts: vec![count],
            sends,
            watches,
            at: None,
            within: None,
            line: None,
        };
        let wish = Wish { stage_px: HEIGHT_PX, ..Wish::default() };
        Script {
            name: "forward".to_owned(),
            title: "Forwarding: one sender, many receivers".to_owned(),
            length: self.length,
            profile: self.profile,
            codec: self.codec,
            seed: 1,
            groups: vec![
                group("sender", 1, Sends::Full, None),
                group("receivers", self.receivers, Sends::Nothing, Some(wish)),
            ],
            events: Vec::new(),
            hopes: Vec::new(),
        }
    }
}

/// Measures the server of this name.
///
/// # Errors
/// As [`play`].
pub fn measure(name: &str, launch: &Launch, wanted: &Wanted) -> Result<Outcome, Failure> {
    let setting = Setting::new(wanted.core, Arc::clone(&wanted.stock), wanted.profile);
    play(name, launch, &wanted.script(), 0, &setting)
}
