// What Unbraid uses of the Model Context Protocol's SDK; see vite.bundles.config.ts.
export { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
export { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
