//! What the program cannot do once it is locked in, tried from inside.

use std::process::Command;

#[test]
fn files_sockets_programs_threads_and_too_much_memory_are_refused_inside() {
    let told =
        Command::new(env!("CARGO_BIN_EXE_diemcau-mixer")).arg("sandbox-check").output().expect("started");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    println!("{told}");
    for what in ["write", "read", "socket", "unix_socket", "program", "thread", "memory"] {
        assert_eq!(told[what], "refused", "{what}: {told}");
    }
    assert_eq!(told["usual_memory"], "allowed", "{told}");
    // Landlock alone refuses too, where the kernel has it.
    if told["has_landlock"] == true {
        assert_eq!(told["write_before_seccomp"], "refused", "{told}");
    }
}
