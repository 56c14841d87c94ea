//! RTMP and SRT: they reach who listens, and whoever does not answer costs only themselves.

use crate::stage::{Stage, probe};
use media_control::{Outlet, OutletState};
use media_mix::layout::Size;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const SIZE: Size = Size::new(640, 360);

/// ffmpeg, listening and writing down what comes.
struct Listener {
    child: Child,
    file: PathBuf,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.file);
    }
}

impl Listener {
    fn open(name: &str, input: &[&str]) -> Self {
        let file = std::env::temp_dir().join(format!("diemcau-{name}-{}.mkv", std::process::id()));
        let child = Command::new("ffmpeg")
            .args(["-v", "error", "-y"])
            .args(input)
            .args(["-c", "copy", "-flush_packets", "1", "-cluster_time_limit", "500"])
            .arg(&file)
            .stdin(Stdio::null())
            .spawn();
        Self { child: child.expect("ffmpeg runs"), file }
    }

    fn has_some(&self) -> bool {
        std::fs::metadata(&self.file).is_ok_and(|it| it.len() > 60_000)
    }

    fn streams(&self) -> String {
        probe(&self.file.display().to_string(), &["-show_entries", "stream=codec_name,width,height"])
    }
}

fn tcp_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| it.local_addr()).expect("a port").port()
}

fn udp_port() -> u16 {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| it.local_addr()).expect("a port").port()
}

#[test]
fn rtmp_and_srt_reach_who_listens() {
    let rtmp = format!("rtmp://127.0.0.1:{}/live/{{conference}}", tcp_port());
    let srt = format!("srt://127.0.0.1:{}", udp_port());
    let by_rtmp = Listener::open("rtmp", &["-listen", "1", "-i", &rtmp.replace("{conference}", "demo")]);
    let by_srt = Listener::open("srt", &["-i", &format!("{srt}?mode=listener")]);
    let mut stage = Stage::set(Some(rtmp), Some(format!("{srt}?mode=caller")));
    stage.play(SIZE, true);
    stage.open();
    stage.until("both to run", |it| {
        [Outlet::Rtmp, Outlet::Srt].iter().all(|of| it.state(*of) == Some(OutletState::Running))
    });
    stage.until("both to be written down", |_| by_rtmp.has_some() && by_srt.has_some());
    for listener in [&by_rtmp, &by_srt] {
        let told = listener.streams();
        assert!(told.contains("h264,640,360") && told.contains("aac"), "{told}");
    }
}

#[test]
fn who_does_not_answer_costs_only_themselves() {
    // One takes the connection and never says a word, the other is not there.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let rtmp = Some(format!("rtmp://127.0.0.1:{port}/live/demo"));
    let srt = Some(format!("srt://127.0.0.1:{}?mode=caller", udp_port()));
    let mut stage = Stage::set(rtmp, srt);
    stage.play(SIZE, true);
    stage.open();
    stage.until("both to fail while files go on", |it| {
        let failed = [Outlet::Rtmp, Outlet::Srt].iter().all(|of| it.state(*of) == Some(OutletState::Failed));
        failed && it.segments() >= 6
    });
    assert_eq!(stage.state(Outlet::Hls), Some(OutletState::Running));
    assert_eq!(stage.gone, 0, "the process lives");
}
