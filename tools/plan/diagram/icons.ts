/** Pictograms of 20 by 20 pixels, drawn with lines. */
export const ICONS: Readonly<Record<string, string>> = {
  network: "M10 2v4M10 14v4M2 10h4M14 10h4M6 6h8v8H6z",
  "load-balancer": "M2 10h5M7 10l6-6h5M7 10h11M7 10l6 6h5M15 1l3 3-3 3M15 7l3 3-3 3M15 13l3 3-3 3",
  edge: "M10 2a8 8 0 1 0 .01 0M2 10h16M10 2c-5 5-5 11 0 16M10 2c5 5 5 11 0 16",
  registry: "M10 2l7 4v8l-7 4-7-4V6zM3 6l7 4 7-4M10 10v8",
  service: "M3 3h14v5H3zM3 12h14v5H3zM6 5.5h.01M6 14.5h.01M10 5.5h4M10 14.5h4",
  storage: "M3 5c0-4 14-4 14 0s-14 4-14 0v10c0 4 14 4 14 0V5M3 10c0 4 14 4 14 0",
  observability: "M2 17h16M4 14l4-5 3 3 5-8M16 4h-3.500M16 4v3.500",
  security: "M10 2l7 3v5c0 4-3 7-7 8-4-1-7-4-7-8V5zM7 10l2 2 4-4",
};

/** For boxes that have no picture of their own. */
export const PLAIN_ICON = "M3 3h14v14H3z";
