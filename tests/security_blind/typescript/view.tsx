import React from 'react';
import { NextRequest, NextResponse } from 'next/server';
import { MongoClient } from 'mongodb';

const client = new MongoClient(process.env.MONGO_URL ?? '');

export function Note(props: { html: string; text: string }) {
  return (
    <div>
      <p>{props.text}</p>
      <div dangerouslySetInnerHTML={{ __html: props.html }} /> {/* vuln: A03 */}
    </div>
  );
}

export function show(element: HTMLElement, message: string): void {
  element.innerHTML = message; // vuln: A03
}

export function showText(element: HTMLElement, message: string): void {
  element.textContent = message;
}

export function fromHash(): void {
  document.write(decodeURIComponent(location.hash.slice(1))); // vuln: A03
}

export function listen(): void {
  window.addEventListener('message', (event) => {
    eval(event.data); // vuln: A03
  });
}

export function tell(frame: Window, token: string): void {
  frame.postMessage({ token }, '*'); // vuln: A01
}

export function keep(token: string): void {
  localStorage.setItem('access_token', token); // vuln: A04
}

export async function login(request: NextRequest): Promise<NextResponse> {
  const body = await request.json();
  const user = await client.db('app').collection('users').findOne({ name: body.name, password: body.password }); // vuln: A03
  return NextResponse.json({ ok: user !== null });
}

export async function proxy(request: NextRequest): Promise<Response> {
  const url = request.nextUrl.searchParams.get('url');
  return fetch(url as string); // vuln: A10
}

export async function health(): Promise<Response> {
  return fetch('https://status.example.com/health');
}
