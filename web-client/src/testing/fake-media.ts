/**
 * Pictures without a camera: canvas tracks that look like people at their desks and like a shared
 * document. Used by `fake-meeting.ts` and browser tests; never part of the product's bundle.
 */

/** Shades of walls and coats, so that tiles can be told apart on a screenshot. */
const ROOMS = ["#2f4858", "#3d405b", "#4a4e69", "#355070", "#3f4a3c", "#5b3a29", "#264653", "#463f57"];
const COATS = ["#1d3557", "#6d597a", "#2a2d34", "#386641", "#7f5539", "#9a8c98"];
const FACES = ["#e0ac8a", "#d19c74", "#c68863", "#eabf9f"];

/** A moving picture of person `seed`, 640×360 at 10 pictures a second. Stop the track to end it. */
export function fakeCamera(seed: number): MediaStreamTrack {
  return drawnTrack(640, 360, (pen, tick) => drawPerson(pen, seed, tick));
}

/** Four people in one picture, 1280×720. */
export function fakeComposed(): MediaStreamTrack {
  const part = document.createElement("canvas");
  [part.width, part.height] = [640, 360];
  const partPen = part.getContext("2d");
  return drawnTrack(1280, 720, (pen, tick) => {
    for (let at = 0; at < 4; at += 1) {
      if (partPen !== null) drawPerson(partPen, at + 2, tick);
      pen.drawImage(part, (at % 2) * 640, Math.floor(at / 2) * 360);
    }
  });
}

/** A slowly scrolling document as somebody would share it, 1280×720. */
export function fakeScreen(): MediaStreamTrack {
  return drawnTrack(1280, 720, drawDocument);
}

function drawnTrack(
  width: number,
  height: number,
  draw: (pen: CanvasRenderingContext2D, tick: number) => void,
): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  const [track] = canvas.captureStream(10).getVideoTracks();
  if (pen === null || track === undefined) throw new Error("this browser cannot draw a fake picture");
  let tick = 0;
  draw(pen, tick);
  const timer = setInterval(() => {
    if (track.readyState === "ended") clearInterval(timer);
    tick += 1;
    draw(pen, tick);
  }, 100);
  return track;
}

function drawPerson(pen: CanvasRenderingContext2D, seed: number, tick: number): void {
  const { width, height } = pen.canvas;
  const sway = Math.sin(tick / 12 + seed) * 6;
  pen.fillStyle = ROOMS[seed % ROOMS.length] ?? "#333";
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "rgba(255,255,255,0.08)";
  pen.fillRect(width * 0.08, height * 0.1, width * 0.22, height * 0.5);
  pen.fillRect(width * 0.74, height * 0.16, width * 0.18, height * 0.3);
  const centre = width / 2 + sway;
  pen.fillStyle = COATS[seed % COATS.length] ?? "#222";
  pen.beginPath();
  pen.ellipse(centre, height * 1.02, width * 0.24, height * 0.42, 0, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = FACES[seed % FACES.length] ?? "#caa";
  pen.beginPath();
  pen.ellipse(centre, height * 0.42, width * 0.085, height * 0.2, 0, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = "#1b1713";
  pen.beginPath();
  pen.ellipse(centre, height * 0.3, width * 0.09, height * 0.11, 0, Math.PI, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = "#f4f4f4";
  pen.beginPath();
  pen.moveTo(centre - 22, height * 0.64);
  pen.lineTo(centre, height * 0.78);
  pen.lineTo(centre + 22, height * 0.64);
  pen.fill();
}

function drawDocument(pen: CanvasRenderingContext2D, tick: number): void {
  const { width, height } = pen.canvas;
  pen.fillStyle = "#e9edf2";
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#ffffff";
  pen.fillRect(width * 0.18, 0, width * 0.64, height);
  pen.fillStyle = "#16202c";
  pen.font = "600 30px sans-serif";
  pen.textAlign = "center";
  pen.fillText("BÁO CÁO TÌNH HÌNH KINH TẾ – XÃ HỘI THÁNG 11", width / 2, 84);
  pen.textAlign = "left";
  pen.font = "20px sans-serif";
  const lines = [
    "1. Tốc độ tăng trưởng, thu ngân sách, giải ngân vốn đầu tư công",
    "2. Sản xuất nông nghiệp, phòng chống dịch bệnh, thiên tai",
    "3. Giáo dục, y tế, an sinh xã hội",
    "4. Cải cách hành chính, chuyển đổi số",
    "5. Quốc phòng, an ninh, trật tự an toàn xã hội",
  ];
  lines.forEach((line, index) => {
    pen.fillText(line, width * 0.22, 150 + index * 44);
  });
  pen.fillStyle = "#0b5cad";
  [0.4, 0.62, 0.5, 0.78, 0.7].forEach((share, index) => {
    const grown = share * Math.min(1, (tick + 20) / 40);
    pen.fillRect(width * 0.24 + index * 130, height - 60 - grown * 240, 80, grown * 240);
  });
}
