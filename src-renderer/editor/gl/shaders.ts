/** One quad a tile column; `u` runs over the texels of the tile, `y` from the bottom of the lane to its top. */
export const vertexShader = `#version 300 es
uniform vec2 clipX;
uniform vec2 texelX;
out vec2 place;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  place = vec2(mix(texelX.x, texelX.y, corner.x), corner.y);
  gl_Position = vec4(mix(clipX.x, clipX.y, corner.x), corner.y * 2.0 - 1.0, 0.0, 1.0);
}`;

/** Most rows of tiles one column may have: nFft 16384 has 8192 bins below the Nyquist bin. */
export const maxTileRows = 16;

/**
 * Height → Hz → bin → tile row and texel. A pixel that covers several bins shows the loudest of up to eight
 * samples of them, so that narrow lines do not vanish. Texels hold −120 … 0 dB.
 */
export const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform sampler2DArray tiles;
uniform sampler2D colours;
uniform int layers[${maxTileRows}];
uniform int axis;
uniform vec2 warped;
uniform float binsPerHertz;
uniform float lastBin;
uniform float pixelHeight;
uniform vec2 gainRange;
in vec2 place;
out vec4 colour;

float binAt(float y) {
  float value = mix(warped.x, warped.y, y);
  float hertz = value;
  if (axis == 0) hertz = exp2(value);
  if (axis == 1) hertz = 700.0 * (pow(10.0, value / 2595.0) - 1.0);
  return clamp(hertz * binsPerHertz, 0.0, lastBin);
}

float levelAt(float bin) {
  int row = int(bin / 512.0);
  int layer = layers[row];
  if (layer < 0) return -1.0;
  float texel = bin - float(row) * 512.0 + 0.5;
  return texture(tiles, vec3(place.x / 512.0, texel / 512.0, float(layer))).r;
}

void main() {
  float low = binAt(place.y - 0.5 * pixelHeight);
  float high = binAt(place.y + 0.5 * pixelHeight);
  int steps = int(clamp(ceil(high - low), 1.0, 8.0));
  float level = -1.0;
  for (int i = 0; i < 8; i++) {
    if (i >= steps) break;
    level = max(level, levelAt(mix(low, high, (float(i) + 0.5) / float(steps))));
  }
  if (level < 0.0) discard;
  float db = level * 120.0 - 120.0 + gainRange.x;
  colour = texture(colours, vec2(clamp(1.0 + db / gainRange.y, 0.002, 0.998), 0.5));
}`;
