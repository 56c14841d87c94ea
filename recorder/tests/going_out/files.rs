//! What players fetch: whole, in time, bounded, and going on after a process that was killed.

use crate::stage::{Stage, demo, probe};
use media_control::{Outlet, OutletState, RecorderOrder};
use media_mix::layout::Size;
use std::process::Command;
use std::time::Duration;

const SIZE: Size = Size::new(640, 360);

/// Codec, and width and height of pictures, of each stream.
fn streams(stage: &Stage) -> String {
    let input = stage.file("index.m3u8").display().to_string();
    probe(&input, &["-show_entries", "stream=codec_name,profile,width,height,sample_rate,channels"])
}

/// Players read what is there and then stop, instead of waiting for more.
fn end(stage: &mut Stage) {
    stage.order(RecorderOrder::CloseLive { conference: demo() });
    stage.until("the end", |it| {
        ["video.m3u8", "audio.m3u8"].iter().all(|name| it.text(name).ends_with("#EXT-X-ENDLIST\n"))
    });
}

#[test]
fn composed_picture_and_its_sound_are_read_by_ffmpeg_and_players_see_the_end() {
    let mut stage = Stage::set(None, None);
    stage.play(SIZE, true);
    stage.open();
    let first = stage.until("a master playlist", |it| it.file("index.m3u8").is_file());
    println!("first playlist after {first:?}");
    assert_eq!(stage.state(Outlet::Hls), Some(OutletState::Waiting));
    stage.until("three segments", |it| it.segments() >= 3);
    stage.until("its state", |it| it.state(Outlet::Hls) == Some(OutletState::Running));
    assert!(stage.player().keys_asked > 1, "a segment begins with each");
    let told = streams(&stage);
    assert!(told.contains("h264,Constrained Baseline,640,360"), "{told}");
    assert!(told.contains("aac,LC,48000,2"), "{told}");
    assert!(stage.text("index.m3u8").contains("CODECS=\"avc1.42"), "{}", stage.text("index.m3u8"));
    end(&mut stage);
    // All of it is decoded: as many pictures as time has gone by, and the tone in the sound.
    let input = stage.file("index.m3u8").display().to_string();
    let counted =
        probe(&input, &["-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames"]);
    let pictures: u32 = counted.trim().lines().next().and_then(|it| it.parse().ok()).expect("a number");
    assert!(pictures >= 120, "{pictures}");
    let decoded = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-i",
            &input,
            "-map",
            "0:a",
            "-af",
            "volumedetect",
            "-f",
            "null",
            "-loglevel",
            "info",
            "-",
        ])
        .output()
        .expect("ffmpeg runs");
    let told = String::from_utf8_lossy(&decoded.stderr).into_owned();
    let mean = told.split("mean_volume: ").nth(1).and_then(|it| it.split(' ').next()).expect("a volume");
    assert!(mean.parse::<f32>().is_ok_and(|it| it > -30.0), "{told}");
}

#[test]
fn without_sound_there_is_silence_and_old_segments_go() {
    let mut stage = Stage::set(None, None);
    stage.play(SIZE, false);
    stage.open();
    stage.until("more segments than are kept", |it| {
        it.text("video.m3u8").contains("#EXT-X-MEDIA-SEQUENCE:8\n")
    });
    assert!(streams(&stage).contains("aac,LC,48000,2"));
    let files = std::fs::read_dir(stage.file("")).expect("a folder").count();
    assert!(files < 50, "{files}");
    let playlist = stage.text("video.m3u8");
    let lengths =
        playlist.lines().filter_map(|it| it.strip_prefix("#EXTINF:")?.trim_end_matches(',').parse().ok());
    let lengths: Vec<f32> = lengths.collect();
    assert!(lengths.iter().all(|it| (1.5..=4.0).contains(it)), "{lengths:?}");
}

#[test]
fn killed_process_comes_back_and_the_playlist_goes_on() {
    let mut stage = Stage::set(None, None);
    stage.play(SIZE, true);
    stage.open();
    stage.until("two segments", |it| it.segments() >= 2);
    let before = stage.text("video.m3u8");
    let pid = stage.pid().expect("it has told");
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill runs");
    assert!(killed.success());
    let back = stage.until("a segment of the next process", |it| {
        it.text("video.m3u8").contains("#EXT-X-DISCONTINUITY\n")
            && it.text("audio.m3u8").contains("#EXT-X-DISCONTINUITY\n")
    });
    println!("next segment after {back:?}");
    assert_eq!(stage.gone, 1);
    assert!(back < Duration::from_secs(10), "{back:?}");
    let after = stage.text("video.m3u8");
    let first = |text: &str| text.lines().find(|it| it.ends_with(".m4s")).map(str::to_owned);
    assert_eq!(first(&after), first(&before), "what was there is there");
    assert!(streams(&stage).contains("h264,Constrained Baseline,640,360"));
}

#[test]
fn another_mixer_and_another_size_go_on_in_the_same_playlist() {
    let mut stage = Stage::set(None, None);
    stage.play(SIZE, true);
    stage.open();
    stage.until("a segment", |it| it.segments() >= 1);
    stage.play(Size::new(320, 180), false);
    stage.until("a picture of the other size", |it| {
        let text = it.text("video.m3u8");
        text.split("#EXT-X-DISCONTINUITY\n").nth(1).is_some_and(|after| after.contains(".m4s"))
    });
    end(&mut stage);
    let input = stage.file("video.m3u8").display().to_string();
    let sizes = probe(&input, &["-show_entries", "frame=width,height", "-select_streams", "v"]);
    assert!(sizes.contains("640,360") && sizes.contains("320,180"), "{sizes}");
}
