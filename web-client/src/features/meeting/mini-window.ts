/**
 * The small window that stays over other programs: a document of our own where the browser has such
 * (Chromium), else its picture-in-picture of the largest picture. No React.
 */
import type { StoreApi } from "zustand/vanilla";
import type { ViewState } from "./view-state";

type DocumentPictures = { requestWindow(options: { width: number; height: number }): Promise<Window> };

const WIDTH_PX = 400;
const HEIGHT_PX = 280;

function documentPictures(): DocumentPictures | undefined {
  return (window as { documentPictureInPicture?: DocumentPictures }).documentPictureInPicture;
}

export function canShowMini(): boolean {
  return documentPictures() !== undefined || document.pictureInPictureEnabled === true;
}

/** Must be called from a press of the person. */
export function openMini(view: StoreApi<ViewState>): void {
  if (documentPictures() !== undefined) view.setState({ isMini: true });
  else
    void largestVideo()
      ?.requestPictureInPicture()
      .catch(() => undefined);
}

/** A window with the page's own styles; null when the browser refuses. */
export async function openWindow(title: string): Promise<Window | null> {
  const opened = await documentPictures()
    ?.requestWindow({ width: WIDTH_PX, height: HEIGHT_PX })
    .catch(() => null);
  if (!opened) return null;
  for (const style of document.querySelectorAll("style, link[rel=stylesheet]")) {
    opened.document.head.append(style.cloneNode(true));
  }
  opened.document.title = title;
  opened.document.documentElement.lang = document.documentElement.lang;
  opened.document.documentElement.dataset.theme = "stage";
  return opened;
}

function largestVideo(): HTMLVideoElement | undefined {
  const area = (video: HTMLVideoElement) => video.clientWidth * video.clientHeight;
  const videos = [...document.querySelectorAll<HTMLVideoElement>("[data-region=stage] video")];
  const [largest] = videos.sort((left, right) => area(right) - area(left));
  if (largest) largest.disablePictureInPicture = false;
  return largest;
}
