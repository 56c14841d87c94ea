//! What is sent decodes: films that FFmpeg encoded, cut into payloads, put together again by a library
//! of somebody else and decoded by FFmpeg, show the pictures of the original.
//!
//! Needs ffmpeg, which the other tests need too.

use bytes::Bytes;
use loadtest::client::Codec;
use loadtest::material::{Film, MAX_PAYLOAD_BYTES, Reel};
use rtc_rtp::codec::{h264::H264Packet, vp8::Vp8Packet};
use rtc_rtp::packetizer::Depacketizer;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const FRAMES: usize = 12;

fn ffmpeg(arguments: &[&str]) -> String {
    let output = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(arguments).output().expect("ffmpeg");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The checksum of every decoded picture.
fn pictures(file: &Path) -> Vec<String> {
    let sums = ffmpeg(&["-i", file.to_str().expect("a path"), "-f", "framemd5", "-"]);
    let lines = sums.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some(line.rsplit(',').next()?.trim().to_owned())).collect()
}

/// A moving picture of `FRAMES` frames, large enough for several packets a frame.
fn encoded(codec: Codec, folder: &Path) -> PathBuf {
    let file = folder.join(if codec == Codec::Vp8 { "film.ivf" } else { "film.h264" });
    let source = "testsrc2=size=640x360:rate=25";
    let picture =
        ["-f", "lavfi", "-i", source, "-frames:v", "12", "-pix_fmt", "yuv420p", "-b:v", "2M", "-g", "6"];
    let encoder: &[&str] = match codec {
        Codec::Vp8 => {
            &["-c:v", "libvpx", "-deadline", "realtime", "-lag-in-frames", "0", "-auto-alt-ref", "0"]
        }
        Codec::H264 => &[
            "-c:v",
            "libx264",
            "-profile:v",
            "baseline",
            "-tune",
            "zerolatency",
            "-x264-params",
            "aud=1:repeat-headers=1",
        ],
    };
    ffmpeg(&[&picture, encoder, &[file.to_str().expect("a path")]].concat());
    file
}

/// Plays the film once and writes what came out of the packets.
fn repacketised(codec: Codec, film: Film, original: &Path, folder: &Path) -> PathBuf {
    let mut reel = Reel::new(Arc::new(film), 0);
    let mut out = [0; MAX_PAYLOAD_BYTES];
    let mut stream = match codec {
        Codec::Vp8 => std::fs::read(original).expect("the original")[..32].to_vec(),
        Codec::H264 => Vec::new(),
    };
    let mut h264 = H264Packet::default();
    for number in 0..FRAMES {
        let turn = reel.turn();
        let mut frame = Vec::new();
        for packet in 0..turn.packets() {
            let len = turn.write(packet, &mut out);
            let payload = Bytes::copy_from_slice(&out[..len]);
            let piece = match codec {
                Codec::Vp8 => {
                    let mut vp8 = Vp8Packet::default();
                    let piece = vp8.depacketize(&payload).expect("VP8");
                    assert_eq!(usize::from(vp8.picture_id), number + 1);
                    assert_eq!(vp8.s == 1, packet == 0, "the start is marked once");
                    piece
                }
                Codec::H264 => h264.depacketize(&payload).expect("H.264"),
            };
            frame.extend_from_slice(&piece);
        }
        if codec == Codec::Vp8 {
            stream.extend((frame.len() as u32).to_le_bytes());
            stream.extend((number as u64).to_le_bytes());
        }
        stream.extend(frame);
    }
    let file = folder.join(format!("again.{}", if codec == Codec::Vp8 { "ivf" } else { "h264" }));
    std::fs::write(&file, stream).expect("the film again");
    file
}

fn check(codec: Codec) {
    let folder =
        std::env::temp_dir().join(format!("loadtest-material-{}-{}", codec.name(), std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let original = encoded(codec, &folder);
    let film = Film::read(&original, codec).expect("a film");
    assert_eq!(film.len(), FRAMES);
    let again = repacketised(codec, film, &original, &folder);
    let shown = pictures(&again);
    assert_eq!(shown.len(), FRAMES);
    assert_eq!(shown, pictures(&original));
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}

#[test]
fn vp8_in_packets_decodes_to_the_same_pictures() {
    check(Codec::Vp8);
}

#[test]
fn h264_in_packets_decodes_to_the_same_pictures() {
    check(Codec::H264);
}
