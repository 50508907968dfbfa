import { UnbraidError } from '../../../src-main/common/base/errors.js';

function compile(gl: WebGL2RenderingContext, type: number, source: string): WebGLShader {
  const shader = gl.createShader(type)!;
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (gl.getShaderParameter(shader, gl.COMPILE_STATUS)) return shader;
  throw new UnbraidError('internal', `A shader does not compile: ${gl.getShaderInfoLog(shader) ?? ''}`);
}

/** Links a program. Throws `internal` with the driver's message. */
export function linkProgram(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, vertex));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, fragment));
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  throw new UnbraidError('internal', `The shaders do not link: ${gl.getProgramInfoLog(program) ?? ''}`);
}

/** A context, or `device-unavailable` where the browser has no WebGL2. */
export function openContext(canvas: HTMLCanvasElement): WebGL2RenderingContext {
  const gl = canvas.getContext('webgl2', { antialias: false, depth: false, alpha: true });
  if (gl) return gl;
  throw new UnbraidError('device-unavailable', 'This browser has no WebGL 2', {
    hint: 'Turn on hardware acceleration, or use the waveforms.',
  });
}
