/** Express 4 beside 5, as far as the tests use it. */
declare module 'express4' {
  import express from 'express'
  export default express
}
