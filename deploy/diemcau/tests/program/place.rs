//! A folder of its own for each test, and the built program started in it.
//!
//! Used by every test here. Everything is gone when the test ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// A folder with a web client of one page, gone when the test ends.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("diemcau-cli-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join("web")).expect("the temporary folder can be made");
        std::fs::write(path.join("web/index.html"), "<!doctype html>").expect("written");
        Self(path)
    }

    pub fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// The program with this place's folders and no other variable of ours.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_diemcau"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DIEMCAU_"))
        {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("DIEMCAU_DATA", self.data())
            .env("DIEMCAU_HTTP_WEB_CLIENT", self.0.join("web"))
            .env("DIEMCAU_MEDIA_SHARDS", "1")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    pub fn admin_create(&self, user: &str, password: &str) -> Output {
        let mut child = self
            .command(&["admin", "create", "--user", user])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // A name that is taken is refused before the password is read.
        let _ = writeln!(child.stdin.take().expect("piped"), "{password}");
        child.wait_with_output().expect("it ends")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

/// A port nobody listens on now, on UDP neither.
pub fn free_port() -> String {
    loop {
        let listener = TcpListener::bind("0.0.0.0:0").expect("a port is free");
        let port = listener.local_addr().expect("bound").port();
        if std::net::UdpSocket::bind(("0.0.0.0", port)).is_ok() {
            return port.to_string();
        }
    }
}

/// A running server; killed when dropped.
pub struct Server {
    pub port: u16,
    child: Child,
    output: BufReader<ChildStdout>,
    pub printed: Vec<String>,
}

impl Server {
    /// Starts and reads what it prints until the line that ends with `last`.
    pub fn start(place: &Place, arguments: &[&str], last: &str) -> Self {
        Self::start_at(place, &free_port(), arguments, last)
    }

    /// The same on a port that somebody else was told before.
    pub fn start_at(place: &Place, http: &str, arguments: &[&str], last: &str) -> Self {
        let (media, port) = (free_port(), http.parse().expect("a port"));
        let mut child = place
            .command(arguments)
            .env("DIEMCAU_HTTP_PORT", http)
            .env("DIEMCAU_MEDIA_PORT", media)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut server = Self { port, child, output, printed: Vec::new() };
        for line in server.output.by_ref().lines() {
            server.printed.push(line.expect("UTF-8"));
            if server.printed.last().is_some_and(|line| line.ends_with(last)) {
                return server;
            }
        }
        let mut log = String::new();
        let _ = server.child.stderr.take().expect("piped").read_to_string(&mut log);
        panic!("the server ended before it said {last:?}: {:?}\n{log}", server.printed);
    }

    /// Asks it to read its certificate again, as `systemctl reload` does.
    pub fn reload(&self) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-HUP", &id]).status().expect("kill is there");
    }

    /// Asks it to stop as systemd does; true when it ended well.
    pub fn stop(mut self) -> bool {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().expect("kill is there");
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
