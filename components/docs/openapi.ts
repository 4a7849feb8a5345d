// The part of an OpenAPI 3.1 document that the reference shows.

export type JsonSchema = {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  description?: string
  default?: unknown
}

export type ApiParameter = { name: string; in: string; required?: boolean; description?: string; schema: JsonSchema }

export type ApiOperation = {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  parameters: ApiParameter[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>
}

export type ApiDocument = {
  info: { title: string; description: string }
  paths: Record<string, Record<string, ApiOperation>>
  components: { schemas: Record<string, JsonSchema> }
}
