//! The same layouts composed by GStreamer: one pipeline a layout, as one would build it.
//!
//! Called by the program after ours. Same films, tiles and settings of x264; without captions, which ours
//! has. Each pipeline decodes for itself: that is what is compared.

use super::{Cost, Wanted, not_started, spent, whole};
use crate::client::Codec;
use crate::error::Failure;
use crate::material::{Size, access_units};
use crate::peer::process::Processes;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const NAME: &str = "gstreamer";
/// Pictures between two key pictures of the films (`deploy/setup/material.sh`).
const GROUP: usize = 50;
/// What the pipelines are made of.
const ELEMENTS: [&str; 4] = ["compositor", "x264enc", "h264parse", "avdec_h264"];

/// GStreamer's cost.
///
/// # Errors
/// `Absent` when its tools or one of the elements are missing, `NotStarted` when it failed.
pub fn gstreamer(wanted: &Wanted) -> Result<Cost, Failure> {
    for element in ELEMENTS {
        let mut inspect = Command::new("gst-inspect-1.0");
        spent(
            {
                inspect.args(["--exists", element]);
                inspect
            },
            NAME,
        )
        .map_err(|failure| match failure {
            Failure::NotStarted { name, .. } => {
                Failure::Absent { name, lacking: format!("no element {element}") }
            }
            other => other,
        })?;
    }
    let mut plan = wanted.mix_load();
    plan.arg("--plan");
    let plan: Value =
        serde_json::from_str(&spent(plan, "mix-load")?.1).map_err(|_| not_started(NAME, "no plan"))?;
    let layouts = plan.as_array().cloned().unwrap_or_default();
    // Only for its folder, which is deleted at the end.
    let place = Processes::new(NAME)?;
    let mut command = Command::new("gst-launch-1.0");
    command.arg("-q");
    let mut films = BTreeSet::new();
    for (number, tiles) in layouts.iter().enumerate() {
        let tiles: Vec<Tile> = tiles.as_array().into_iter().flatten().filter_map(Tile::read).collect();
        films.extend(tiles.iter().map(|it| (it.lines, it.phase())));
        command.args(pipeline(number, &tiles, place.folder()));
    }
    for (lines, phase) in films {
        write_film(wanted, lines, phase, &film(place.folder(), lines, phase))?;
    }
    let (cpu, _) = spent(command, NAME)?;
    let mut pictures = 0;
    for number in 0..layouts.len() {
        pictures += delimiters(&std::fs::read(encoded(place.folder(), number)).unwrap_or_default());
    }
    whole(NAME, wanted, pictures)?;
    Ok(Cost { cpu, told: Value::Null })
}

/// A place in a layout and the film in it.
struct Tile {
    source: u64,
    lines: u64,
    rect: [u64; 4],
}

impl Tile {
    fn read(value: &Value) -> Option<Self> {
        let number = |key: &str| value[key].as_u64();
        let rect = [number("x")?, number("y")?, number("width")?, number("height")?];
        Some(Self { source: number("source")?, lines: number("lines")?, rect })
    }

    /// The group of pictures that its film begins with, of the three there are.
    const fn phase(&self) -> usize {
        self.source as usize % 3
    }
}

fn film(folder: &Path, lines: u64, phase: usize) -> PathBuf {
    folder.join(format!("film-{lines}-{phase}.h264"))
}

fn encoded(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("layout-{number}.h264"))
}

/// As long as wanted, since no element plays a file over and over.
fn write_film(wanted: &Wanted, lines: u64, phase: usize, file: &Path) -> Result<(), Failure> {
    let size = match lines {
        0..=180 => Size::Small,
        181..=360 => Size::Middle,
        _ => Size::Large,
    };
    let units = access_units(&wanted.material, Codec::H264, size)?;
    let cycle = units.iter().cycle().skip(phase * GROUP % units.len());
    let bytes: Vec<u8> = cycle.take(wanted.pictures() as usize).flatten().copied().collect();
    std::fs::write(file, bytes).map_err(Failure::system("film for GStreamer"))
}

fn pipeline(number: usize, tiles: &[Tile], folder: &Path) -> Vec<String> {
    let mut words = vec!["compositor".to_owned(), format!("name=c{number}"), "background=black".to_owned()];
    for (at, Tile { rect: [x, y, width, height], .. }) in tiles.iter().enumerate() {
        let values = [("xpos", x), ("ypos", y), ("width", width), ("height", height)];
        words.extend(values.map(|(key, value)| format!("sink_{at}::{key}={value}")));
    }
    // What `media-mix` sets for x264, in the words of the element.
    let encoder = "! video/x-raw,format=I420,width=1280,height=720,framerate=25/1 \
        ! x264enc speed-preset=superfast tune=zerolatency bitrate=1500 vbv-buf-capacity=1000 key-int-max=250 \
        threads=1 bframes=0 option-string=scenecut=0 \
        ! video/x-h264,profile=constrained-baseline,stream-format=byte-stream ! filesink";
    words.extend(encoder.split_ascii_whitespace().map(str::to_owned));
    words.push(format!("location={}", encoded(folder, number).display()));
    for (at, tile) in tiles.iter().enumerate() {
        let file = film(folder, tile.lines, tile.phase());
        words.extend(["filesrc".to_owned(), format!("location={}", file.display())]);
        let decoder = "! h264parse ! avdec_h264 max-threads=1 !";
        words.extend(decoder.split_ascii_whitespace().map(str::to_owned));
        words.push(format!("c{number}.sink_{at}"));
    }
    words
}

/// Access unit delimiters of a byte stream, which x264enc writes before each picture.
fn delimiters(bytes: &[u8]) -> u64 {
    bytes.windows(4).filter(|it| it[..3] == [0, 0, 1] && it[3] & 0x1f == 9).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_puts_each_film_into_its_tile() {
        let tile =
            serde_json::json!({ "source": 4, "lines": 180, "x": 320, "y": 0, "width": 320, "height": 180 });
        let tiles = [Tile::read(&tile).expect("is whole")];
        let words = pipeline(2, &tiles, Path::new("/f")).join(" ");
        assert!(
            words.starts_with("compositor name=c2 background=black sink_0::xpos=320 sink_0::ypos=0 "),
            "{words}"
        );
        assert!(
            words.ends_with("location=/f/film-180-1.h264 ! h264parse ! avdec_h264 max-threads=1 ! c2.sink_0")
        );
        assert!(Tile::read(&Value::Null).is_none());
    }

    #[test]
    fn pictures_are_counted_by_their_delimiters() {
        assert_eq!(delimiters(&[0, 0, 0, 1, 9, 16, 0, 0, 1, 0x65, 9, 0, 0, 1, 0x09]), 2);
    }
}
