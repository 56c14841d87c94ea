//! The scenarios that come with the program, by name.
//!
//! Their files are part of the program, so that a name means the same wherever it runs.

/// Name and text of each, in the order of the table of figures.
pub const KNOWN: [(&str, &str); 9] = [
    ("bursts", include_str!("../../scenarios/bursts.toml")),
    ("spaced", include_str!("../../scenarios/spaced.toml")),
    ("curve", include_str!("../../scenarios/curve.toml")),
    ("meeting", include_str!("../../scenarios/meeting.toml")),
    ("memory", include_str!("../../scenarios/memory.toml")),
    ("storm", include_str!("../../scenarios/storm.toml")),
    ("loss", include_str!("../../scenarios/loss.toml")),
    ("narrowed", include_str!("../../scenarios/narrowed.toml")),
    ("speaker", include_str!("../../scenarios/speaker.toml")),
];

/// The text of a scenario that comes with the program.
#[must_use]
pub fn known(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(it, _)| *it == name).map(|(_, text)| *text)
}
