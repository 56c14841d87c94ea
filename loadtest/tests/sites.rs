//! `loadtest sites` keeps its sites in the conference of a running server, brings back those who were put out,
//! and leaves when it is asked to.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(40);

/// A process and what it says, ended with the test.
struct Program {
    child: Child,
    lines: Receiver<String>,
}

impl Program {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (tell, lines) = channel();
        let said = BufReader::new(child.stderr.take().expect("piped"));
        std::thread::spawn(move || said.lines().map_while(Result::ok).try_for_each(|it| tell.send(it)));
        Self { child, lines }
    }

    /// Waits until a line holds this.
    fn until(&self, wanted: &str) {
        let mut all = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            all.push(line);
            if all.last().is_some_and(|it| it.contains(wanted)) {
                return;
            }
        }
        panic!("no {wanted:?} in:\n{}", all.join("\n"));
    }

    fn signal(&self, signal: i32) {
        // SAFETY: a signal to a child that has not been waited for.
        unsafe { libc::kill(self.child.id() as libc::pid_t, signal) };
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn server(data: &Path, port: u16, media: u16) -> Program {
    let program = Path::new(env!("CARGO_BIN_EXE_loadtest")).with_file_name("diemcau");
    assert!(program.is_file(), "no {}: build the whole workspace first", program.display());
    let mut command = Command::new(program);
    command
        .args(["serve", "--demo"])
        .env("DIEMCAU_DATA", data)
        .env("DIEMCAU_HTTP_BIND", "127.0.0.1")
        .env("DIEMCAU_HTTP_PORT", port.to_string())
        .env("DIEMCAU_HTTP_WEB_CLIENT", data.join("web"))
        .env("DIEMCAU_MEDIA_PORT", media.to_string())
        .env("DIEMCAU_MEDIA_SHARDS", "1")
        .env("DIEMCAU_MEDIA_ADVERTISE_LAN", "127.0.0.1");
    Program::start(command)
}

#[test]
fn sites_come_stay_come_back_after_the_server_was_away_and_leave() {
    let data: PathBuf = std::env::temp_dir().join(format!("loadtest-sites-{}", std::process::id()));
    std::fs::create_dir_all(data.join("web")).expect("a folder");
    std::fs::write(data.join("web/index.html"), "<!doctype html>").expect("a page");
    let (port, media) = (free_port(), free_port());
    let first = server(&data, port, media);
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadtest"));
    command
        .args(["sites", "--conference", "demo", "--count", "3", "--thumbnails", "2", "--url"])
        .arg(format!("https://127.0.0.1:{port}"));
    // Started before the server listens, or just then: it tries again.
    let mut sites = Program::start(command);
    sites.until("3 of 3 in");
    drop(first);
    sites.until("0 of 3 in");
    let second = server(&data, port, media);
    sites.until("3 of 3 in");
    sites.signal(libc::SIGINT);
    sites.until("3 sites leave");
    assert!(sites.child.wait().expect("it ends").success());
    drop(second);
    let _ = std::fs::remove_dir_all(&data);
}
