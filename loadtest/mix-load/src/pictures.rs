//! A hall of cameras decoded, and layouts of it composed and encoded, as fast as it goes.
//!
//! Called by `main`. Writes its pictures only where asked to.

use super::hall::Hall;
use super::layouts::{self, Kinds, scenes};
use super::{Failure, spent};
use clap::{Args, ValueEnum};
use loadtest::client::Codec;
use media_mix::caption::{Captions, Typeface};
use media_mix::codec::{Bitrate, Effort, EncoderKind, EncoderWish};
use media_mix::compose::{Scaler, Scene};
use media_mix::layout::Canvas;
use media_mix::programme::Programme;
use serde_json::json;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

const PICTURES_PER_SECOND: u32 = 25;
const RATE: Bitrate = Bitrate::kbit(1_500);

#[derive(Debug, Args)]
pub struct Flags {
    /// Distinct layouts
    #[arg(long)]
    layouts: usize,
    /// Cameras in the hall
    #[arg(long)]
    sources: usize,
    /// Seconds of media
    #[arg(long)]
    seconds: u32,
    /// Folder of the prepared films
    #[arg(long)]
    material: PathBuf,
    /// What the layouts are
    #[arg(long, value_enum, default_value_t = Kinds::Grid)]
    kinds: Kinds,
    #[arg(long, value_enum, default_value_t = Encoder::X264)]
    encoder: Encoder,
    /// Folder for what was encoded, a file for each layout
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Only tells which camera lies where in each layout, for others to compose the same
    #[arg(long)]
    plan: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Encoder {
    X264,
    Openh264,
    Vp8,
}

impl From<Encoder> for EncoderKind {
    fn from(encoder: Encoder) -> Self {
        match encoder {
            Encoder::X264 => Self::X264,
            Encoder::Openh264 => Self::OpenH264,
            Encoder::Vp8 => Self::Vp8,
        }
    }
}

/// Processor time of this process and its stages.
#[derive(Default)]
struct Stages {
    decode: Duration,
    compose_and_encode: Duration,
}

pub fn measure(flags: &Flags) -> Result<serde_json::Value, Failure> {
    let canvas = Canvas::HD;
    let wish = EncoderWish {
        kind: flags.encoder.into(),
        size: canvas.size(),
        rate: RATE,
        pictures_per_second: PICTURES_PER_SECOND,
        effort: Effort::Usual,
    };
    let scenes = scenes(flags.kinds, flags.layouts, flags.sources);
    if flags.plan {
        return Ok(json!(scenes.iter().map(layouts::plan).collect::<Vec<_>>()));
    }
    let mut hall = Hall::open(&flags.material, Codec::H264, flags.sources, &scenes)?;
    let face = Typeface::open(std::path::Path::new(Typeface::DEFAULT_FILE))?;
    let (mut captions, mut scaler) = (Captions::new(Some(face)), Scaler::default());
    let mut outputs = Vec::new();
    for (number, scene) in scenes.into_iter().enumerate() {
        outputs.push(Output::new(number, scene, canvas, wish, flags.keep.as_deref())?);
    }
    let (mut stages, started) = (Stages::default(), spent());
    for number in 0..flags.seconds * PICTURES_PER_SECOND {
        let now = Duration::from_secs(1) * number / PICTURES_PER_SECOND;
        let before = spent();
        hall.turn();
        let decoded = spent();
        scaler.begin_round();
        for output in &mut outputs {
            output.turn(now, &hall, &mut scaler, &mut captions)?;
        }
        stages.decode += decoded - before;
        stages.compose_and_encode += spent() - decoded;
    }
    let media_s = f64::from(flags.seconds);
    let share = |time: Duration| 100.0 * time.as_secs_f64() / media_s;
    let counts = hall.counts();
    Ok(json!({
        "pictures": outputs.iter().map(|it| it.pictures).collect::<Vec<_>>(),
        "kbit_per_s": outputs.iter().map(|it| (it.bytes * 8) as f64 / media_s / 1_000.0).collect::<Vec<_>>(),
        "decoded_pictures": counts.pictures,
        "broken_units": counts.broken,
        "scaled_tiles": scaler.scaled(),
        "texts_drawn": captions.counts().rasterised,
        "percent_core": {
            "start": 100.0 * started.as_secs_f64() / media_s,
            "decode": share(stages.decode),
            "compose_and_encode": share(stages.compose_and_encode),
        },
    }))
}

struct Output {
    scene: Scene,
    programme: Programme,
    file: Option<(String, std::fs::File)>,
    pictures: u64,
    bytes: u64,
}

impl Output {
    fn new(
        number: usize,
        scene: Scene,
        canvas: Canvas,
        wish: EncoderWish,
        keep: Option<&std::path::Path>,
    ) -> Result<Self, Failure> {
        let file = keep.map(|folder| {
            let file = folder.join(format!("layout-{number}.h264"));
            let name = file.display().to_string();
            match std::fs::File::create(&file) {
                Ok(made) => Ok((name, made)),
                Err(source) => Err(Failure::File { file: name, source }),
            }
        });
        Ok(Self {
            scene,
            programme: Programme::new(canvas, wish)?,
            file: file.transpose()?,
            pictures: 0,
            bytes: 0,
        })
    }

    fn turn(
        &mut self,
        now: Duration,
        hall: &Hall,
        scaler: &mut Scaler,
        captions: &mut Captions,
    ) -> Result<(), Failure> {
        // A minute's clock moves, as it would in a meeting.
        let minute = now.as_secs() / 60;
        if !self.scene.banner.clock.ends_with(&format!("{minute:02}")) {
            self.scene.banner.clock = format!("08:{minute:02}");
        }
        for sent in self.programme.turn(now, &self.scene, hall.sources(), scaler, captions)? {
            self.pictures += 1;
            self.bytes += sent.unit.bytes.len() as u64;
            if let Some((name, file)) = &mut self.file {
                file.write_all(&sent.unit.bytes)
                    .map_err(|source| Failure::File { file: name.clone(), source })?;
            }
        }
        Ok(())
    }
}
