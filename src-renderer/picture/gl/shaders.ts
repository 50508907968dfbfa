import { dimming, heatHigh, heatLow, type Rgb } from './stem-blend.js';

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
/** Most stems one picture can show. */
export const maxStems = 8;

const vec3 = (colour: Rgb): string => `vec3(${colour.map((value) => value.toFixed(4)).join(', ')})`;

/**
 * Height → Hz → bin → tile row and texel. A pixel that covers several bins shows the loudest of up to eight
 * samples of them, so that narrow lines do not vanish. Texels hold −120 … 0 dB. Rows of `layers`: the lane's own
 * tiles, then those of each stem of an overlay. The sums, in plain numbers, are
 * those of `test/fixtures/stem-blend.ts`.
 */
export const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform sampler2DArray tiles;
uniform sampler2D colours;
uniform int layers[${maxTileRows * (maxStems + 1)}];
uniform int axis;
uniform vec2 warped;
uniform float binsPerHertz;
uniform float lastBin;
uniform float pixelHeight;
uniform int scale;
uniform vec2 gainRange;
uniform int stems;
uniform bool blended;
uniform bool heated;
uniform vec3 stemColours[${maxStems}];
in vec2 place;
out vec4 colour;

float binAt(float y) {
  float value = mix(warped.x, warped.y, y);
  float hertz = value;
  if (axis == 0) hertz = exp2(value);
  if (axis == 1) hertz = 700.0 * (pow(10.0, value / 2595.0) - 1.0);
  if (axis == 2) hertz = 1960.0 * (value + 0.53) / (26.28 - value);
  return clamp(hertz * binsPerHertz, 0.0, lastBin);
}

float texelAt(int track, float bin) {
  int row = int(bin / 512.0);
  int layer = layers[track * ${maxTileRows} + row];
  if (layer < 0) return -1.0;
  float texel = bin - float(row) * 512.0 + 0.5;
  return texture(tiles, vec3(place.x / 512.0, texel / 512.0, float(layer))).r;
}

float levelOf(int track, float low, float high) {
  int steps = int(clamp(ceil(high - low), 1.0, 8.0));
  float level = -1.0;
  for (int i = 0; i < 8; i++) {
    if (i >= steps) break;
    level = max(level, texelAt(track, mix(low, high, (float(i) + 0.5) / float(steps))));
  }
  return level;
}

float decibels(float power) { return 10.0 * log(power) / log(10.0); }

float shadeDb(float db) { return clamp(1.0 + (db + gainRange.x) / gainRange.y, 0.0, 1.0); }

float shade(float db) {
  if (scale == 0) return shadeDb(db);
  float perDecade = scale == 1 ? 20.0 : 10.0;
  float black = pow(10.0, -gainRange.y / perDecade);
  return clamp((pow(10.0, (db + gainRange.x) / perDecade) - black) / (1.0 - black), 0.0, 1.0);
}

void main() {
  float low = binAt(place.y - 0.5 * pixelHeight);
  float high = binAt(place.y + 0.5 * pixelHeight);
  vec3 sum = vec3(0.0);
  float total = 0.0;
  float first = 0.0;
  float second = 0.0;
  for (int s = 0; s < ${maxStems}; s++) {
    if (s >= stems) break;
    float level = levelOf(s + 1, low, high);
    // A coarser picture, drawn before, shows through until all stems have come.
    if (level < 0.0) discard;
    float db = level * 120.0 - 120.0;
    float power = level > 0.0 ? pow(10.0, db / 10.0) : 0.0;
    sum += stemColours[s] * power;
    total += power;
    second = max(second, min(first, power));
    first = max(first, power);
  }
  if (blended) {
    float all = max(total, 1e-20);
    sum *= shade(decibels(all)) / all;
  } else {
    float level = levelOf(0, low, high);
    if (level < 0.0) discard;
    sum = texture(colours, vec2(clamp(shade(level * 120.0 - 120.0), 0.002, 0.998), 0.5)).rgb;
  }
  if (heated) {
    float both = max(first + second, 1e-20);
    float heat = (1.0 - (first - second) / both) * shadeDb(decibels(both));
    vec3 under = blended ? sum : vec3(dot(sum, vec3(0.2126, 0.7152, 0.0722)));
    sum = mix(${dimming.toFixed(4)} * under, mix(${vec3(heatLow)}, ${vec3(heatHigh)}, heat), heat);
  }
  colour = vec4(sum, 1.0);
}`;
