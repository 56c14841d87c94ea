/**
 * The guides of docs/guides, one a role, fetched when they are opened. The files there are the only
 * source; they are in Vietnamese.
 */
export type GuideName = "chu-tri" | "thu-ky" | "dai-bieu" | "truc-ky-thuat";

type Guide = { load: () => Promise<string> };

export const GUIDES: Readonly<Record<GuideName, Guide>> = {
  "chu-tri": { load: async () => (await import("../../../../docs/guides/chu-tri.md?raw")).default },
  "thu-ky": { load: async () => (await import("../../../../docs/guides/thu-ky.md?raw")).default },
  "dai-bieu": { load: async () => (await import("../../../../docs/guides/dai-bieu.md?raw")).default },
  "truc-ky-thuat": {
    load: async () => (await import("../../../../docs/guides/truc-ky-thuat.md?raw")).default,
  },
};

export function isGuide(name: string): name is GuideName {
  return Object.hasOwn(GUIDES, name);
}
